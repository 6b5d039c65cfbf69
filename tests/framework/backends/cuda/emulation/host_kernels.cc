#include "tests/framework/backends/cuda/emulation/host_kernels.h"

#include <dlfcn.h>
#include <ucontext.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <vector>

#include "framework/error.h"

namespace cornu::test {
namespace {

// As in device_types.cuh.
struct HostThread {
  struct Place {
    unsigned int x;
  } block, thread, block_size, grid_size;
  void (*barrier)();
};

using Kernel = void (*)(const void* operands);

// The threads of one block, each with a stack of its own; one runs until it waits at a barrier or ends.
class Block {
 public:
  Block(HostThread& place, Kernel kernel, const void* operands, unsigned int threads)
      : place_(place), kernel_(kernel), operands_(operands), contexts_(threads), ended_(threads, false) {
    if (stacks().size() < threads) stacks().resize(threads);
  }

  void run() {
    running_ = this;
    place_.barrier = &Block::wait;
    for (unsigned int t = 0; t < contexts_.size(); ++t) make_thread(t);
    // Every round takes each thread to its next barrier. A barrier that not all threads reach is an error in the
    // kernel. Rounds go one way and the other, so that a missing barrier shows whoever needed it.
    bool forwards = place_.block.x % 2 == 0;
    for (std::size_t left = contexts_.size(); left > 0; forwards = !forwards) {
      std::size_t ended_in_round = 0;
      const std::size_t before = left;
      for (unsigned int t = 0; t < contexts_.size(); ++t) {
        current_ = forwards ? t : static_cast<unsigned int>(contexts_.size()) - 1 - t;
        if (ended_[current_]) continue;
        place_.thread.x = current_;
        ::swapcontext(&scheduler_, &contexts_[current_]);
        if (ended_[current_]) ++ended_in_round;
      }
      left -= ended_in_round;
      if (ended_in_round > 0 && ended_in_round < before) {
        std::fprintf(stderr, "a kernel's threads do not all reach the same barrier\n");
        std::abort();
      }
    }
  }

 private:
  static constexpr std::size_t kStackBytes = 64 << 10;

  void make_thread(unsigned int number) {
    std::vector<char>& stack = stacks()[number];
    stack.resize(kStackBytes);
    ucontext_t& context = contexts_[number];
    ::getcontext(&context);
    context.uc_stack.ss_sp = stack.data();
    context.uc_stack.ss_size = stack.size();
    context.uc_link = &scheduler_;
    ::makecontext(&context, &Block::enter, 0);
  }

  static std::vector<std::vector<char>>& stacks() {
    static thread_local std::vector<std::vector<char>> memory;
    return memory;
  }

  static void enter() {
    Block& block = *running_;
    block.kernel_(block.operands_);
    running_->ended_[running_->current_] = true;
  }
  static void wait() { ::swapcontext(&running_->contexts_[running_->current_], &running_->scheduler_); }

  static thread_local Block* running_;

  HostThread& place_;
  Kernel kernel_;
  const void* operands_;
  std::vector<ucontext_t> contexts_;
  std::vector<bool> ended_;
  ucontext_t scheduler_{};
  unsigned int current_ = 0;
};

thread_local Block* Block::running_ = nullptr;

std::string read(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// The library with that text, compiled unless it has been.
std::filesystem::path compiled(const std::string& text) {
  const std::filesystem::path folder = CORNU_HOST_KERNELS;
  std::filesystem::create_directories(folder);
  const std::string stem = std::to_string(std::hash<std::string>()(text));
  const std::filesystem::path library = folder / (stem + ".so");
  const std::filesystem::path source = folder / (stem + ".cc");
  if (std::filesystem::exists(library) && read(source) == text) return library;
  // Several tests may compile the same at once: each under a name of its own.
  const std::filesystem::path own = folder / (stem + "." + std::to_string(::getpid()));
  const std::string own_source = own.string() + ".cc";
  std::ofstream(own_source) << text;
  const std::string command = std::string("'") + CORNU_HOST_COMPILER + "' " CORNU_HOST_KERNEL_OPTIONS " '" +
                              own_source + "' -o '" + own.string() + ".so' 2> '" + own.string() + ".log'";
  const int status = std::system(command.c_str());  // NOLINT(cert-env33-c): paths of the build
  const std::string log = read(own.string() + ".log");
  std::filesystem::remove(own.string() + ".log");
  if (status != 0) throw Error("the host's compiler could not compile a kernel:\n" + log + "\n" + text);
  std::filesystem::rename(own_source, source);
  std::filesystem::rename(own.string() + ".so", library);
  return library;
}

}  // namespace

HostKernels::HostKernels(const std::string& text) : waits_(text.find("CORNU_BARRIER();") != std::string::npos) {
  void* handle = ::dlopen(compiled(text).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) throw Error(std::string("a compiled kernel cannot be opened: ") + ::dlerror());
  library_ = {handle, ::dlclose};
}

void* HostKernels::symbol(const std::string& name) const { return ::dlsym(library_.get(), name.c_str()); }

bool HostKernels::has(const std::string& name) const { return symbol(name) != nullptr; }

std::size_t HostKernels::num_operands(const std::string& name) const {
  return static_cast<std::size_t>(*static_cast<const int*>(symbol(name + "_operands")));
}

void HostKernels::run(const std::string& name, unsigned int blocks, unsigned int threads, void* const* operands) const {
  auto& place = *static_cast<HostThread*>(symbol("cornu_host_thread"));
  const auto kernel = reinterpret_cast<Kernel>(symbol(name));
  place.grid_size.x = blocks;
  place.block_size.x = threads;
  for (place.block.x = 0; place.block.x < blocks; ++place.block.x) {
    if (waits_) {
      Block(place, kernel, operands, threads).run();
    } else {
      // Without barriers no thread needs a stack of its own.
      for (place.thread.x = 0; place.thread.x < threads; ++place.thread.x) kernel(operands);
    }
  }
}

}  // namespace cornu::test
