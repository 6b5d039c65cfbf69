#include "framework/executor/device_runner.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace cornu {
namespace {

constexpr std::size_t kAlignment = 256;
constexpr std::size_t kNumSlots = 2;
// One for each slot; more where two models share weights that move.
constexpr std::size_t kMaxRecordings = 4;

std::size_t index(int number) { return static_cast<std::size_t>(number); }

std::byte* bytes_at(const Storage& memory, std::size_t offset) {
  return static_cast<std::byte*>(memory.get()) + offset;
}

}  // namespace

// What runs work in, made by the first.
struct DeviceRunner::State {
  Storage constants;
  std::array<Slot, kNumSlots> slots;
  std::size_t last_slot = 0;
  Storage fetches_on_device;
  Storage fetches_on_host;
  std::vector<void*> targets;  // of the run under way; empty where there is none
  std::vector<void*> arguments;
  std::vector<Recorded> recorded;
};

void DeviceRunner::Parts::add(std::size_t size) {
  bytes.push_back(size);
  offsets.push_back(total);
  total += (size + kAlignment - 1) / kAlignment * kAlignment;
}

DeviceRunner::DeviceRunner(std::unique_ptr<const Schedule> schedule, std::unique_ptr<const DeviceRunner> prologue,
                           std::shared_ptr<Queue> queue, std::string name)
    : schedule_(std::move(schedule)), prologue_(std::move(prologue)), queue_(std::move(queue)), name_(std::move(name)) {
  for (const Tensor& constant : schedule_->constants) constants_.add(constant.num_bytes());
  for (const std::size_t bytes : schedule_->feed_bytes) feeds_.add(bytes);
  for (const std::size_t bytes : schedule_->fetch_bytes) fetches_.add(bytes);
}

DeviceRunner::~DeviceRunner() {
  if (!state_) return;
  const auto lock = queue_->lock();
  // What is being brought still goes to this memory.
  queue_->join();
  state_ = nullptr;
}

void DeviceRunner::run(std::span<const void* const> feeds, std::span<void* const> fetches) const {
  const auto lock = queue_->lock();
  start(feeds, fetches, false);
  wait();
}

void DeviceRunner::start(std::span<const void* const> feeds, std::span<void* const> fetches, bool are_brought) const {
  const auto lock = queue_->lock();
  wait();
  if (prologue_) run_prologue_if_stale();
  State& at = state();
  const std::size_t slot = filled_slot(at, feeds, are_brought);
  play(at, addresses(slot));
  at.targets.assign(fetches.begin(), fetches.end());
  for (std::size_t i = 0; i < schedule_->variables.size(); ++i) {
    if (schedule_->written[i]) schedule_->variables[i].mark_written();
  }
  // A run without results has nobody who would wait for it; what it reads must outlive it all the same.
  if (fetches.empty()) queue_->finish();
}

void DeviceRunner::wait() const {
  const auto lock = queue_->lock();
  if (!state_ || state_->targets.empty()) return;
  // A run that fails is over too.
  const std::vector<void*> targets = std::exchange(state_->targets, {});
  queue_->finish();
  for (std::size_t i = 0; i < targets.size(); ++i)
    std::memcpy(targets[i], bytes_at(state_->fetches_on_host, fetches_.offsets[i]), fetches_.bytes[i]);
}

void DeviceRunner::bring(std::span<const void* const> feeds) const {
  const auto lock = queue_->lock();
  State& at = state();
  bring_to(at.slots[(at.last_slot + 1) % kNumSlots], feeds);
}

void DeviceRunner::run_prologue_if_stale() const {
  const std::uint64_t stamp = prologue_->schedule_->source_stamp();
  if (prologue_stamp_ == stamp) return;
  prologue_->run({}, {});
  // It runs once in a long while: its memory is not kept.
  prologue_->state_ = nullptr;
  prologue_stamp_ = stamp;
}

DeviceRunner::State& DeviceRunner::state() const {
  if (state_) return *state_;
  auto made = std::make_unique<State>();
  for (Slot& slot : made->slots) {
    slot.on_host = queue_->allocate_on_host(feeds_.total);
    slot.on_device = queue_->allocate(feeds_.total, "inputs of " + name_);
  }
  made->fetches_on_host = queue_->allocate_on_host(fetches_.total);
  made->fetches_on_device = queue_->allocate(fetches_.total, "outputs of " + name_);
  made->arguments.resize(schedule_->num_arguments);
  std::vector<const Kernel*> kernels;
  for (const Step& step : schedule_->steps) kernels.push_back(step.kernel.get());
  queue_->prepare(kernels);
  upload_constants(*made);
  // Memory is given in the order of the queue, beside which feeds are brought.
  queue_->finish();
  state_ = std::move(made);
  return *state_;
}

void DeviceRunner::upload_constants(State& state) const {
  state.constants = queue_->allocate(constants_.total, "constants of " + name_);
  const Storage staging = queue_->allocate_on_host(constants_.total);
  for (std::size_t i = 0; i < constants_.bytes.size(); ++i)
    std::memcpy(bytes_at(staging, constants_.offsets[i]), schedule_->constants[i].raw(), constants_.bytes[i]);
  queue_->copy(state.constants.get(), staging.get(), constants_.total);
  queue_->keep_until_done(staging);
}

// The slot where these feeds lie, or will lie before the next work.
std::size_t DeviceRunner::filled_slot(State& state, std::span<const void* const> feeds, bool are_brought) const {
  const std::size_t next = (state.last_slot + 1) % kNumSlots;
  Slot& slot = state.slots[next];
  if (!are_brought || !slot.is_brought) bring_to(slot, feeds);
  slot.is_brought = false;
  queue_->join();
  state.last_slot = next;
  return next;
}

void DeviceRunner::bring_to(Slot& slot, std::span<const void* const> feeds) const {
  for (std::size_t i = 0; i < feeds.size(); ++i) {
    void* staged = bytes_at(slot.on_host, feeds_.offsets[i]);
    std::memcpy(staged, feeds[i], feeds_.bytes[i]);
    queue_->copy_beside(bytes_at(slot.on_device, feeds_.offsets[i]), staged, feeds_.bytes[i]);
  }
  slot.is_brought = true;
}

DeviceRunner::Addresses DeviceRunner::addresses(std::size_t slot) const {
  Addresses at;
  at.workspace = queue_->workspace(schedule_->arena_bytes, "intermediate results of " + name_);
  at.slot = slot;
  at.variables.reserve(schedule_->variables.size());
  for (std::size_t i = 0; i < schedule_->variables.size(); ++i)
    at.variables.push_back(schedule_->variables[i].data_on(queue_, schedule_->written[i]));
  return at;
}

void* DeviceRunner::address(const State& state, const Addresses& at, const Location& location) const {
  switch (location.kind) {
    case Location::Kind::kArena: return static_cast<std::byte*>(at.workspace) + location.index;
    case Location::Kind::kConstant: return bytes_at(state.constants, constants_.offsets[location.index]);
    case Location::Kind::kFeed: return bytes_at(state.slots[at.slot].on_device, feeds_.offsets[location.index]);
    case Location::Kind::kFetch: return bytes_at(state.fetches_on_device, fetches_.offsets[location.index]);
    case Location::Kind::kVariable: return at.variables[location.index];
    case Location::Kind::kPacked: break;  // kernels of devices take operands as they are
  }
  return nullptr;
}

void DeviceRunner::play(State& state, const Addresses& at) const {
  const auto known = std::find_if(state.recorded.begin(), state.recorded.end(),
                                  [&](const Recorded& recorded) { return recorded.addresses == at; });
  if (known == state.recorded.end()) {
    if (state.recorded.size() >= kMaxRecordings) {
      // What was recorded may still be at work.
      queue_->finish();
      state.recorded.clear();
    }
    state.recorded.push_back({at, nullptr});
    put_in(state, at);
    return;
  }
  if (!known->recording) known->recording = queue_->record([&] { put_in(state, at); });
  known->recording->replay();
}

void DeviceRunner::put_in(State& state, const Addresses& at) const {
  for (std::size_t s = 0; s < schedule_->steps.size(); ++s) {
    const Step& step = schedule_->steps[s];
    void** const arguments = state.arguments.data() + schedule_->argument_begin[s];
    void** next = arguments;
    for (const auto* operands : {&step.inputs, &step.outputs}) {
      for (const int operand : *operands) *next++ = address(state, at, schedule_->locations[index(operand)]);
    }
    step.kernel->run({arguments, arguments + step.inputs.size(), static_cast<std::byte*>(at.workspace) + step.scratch,
                      queue_.get()});
  }
  put_in_copies(state, at);
}

void DeviceRunner::put_in_copies(State& state, const Addresses& at) const {
  const auto operand = [&](std::size_t number) { return address(state, at, schedule_->locations[number]); };
  for (const Copy& copy : schedule_->fetch_copies) {
    queue_->copy(bytes_at(state.fetches_on_device, fetches_.offsets[copy.target]), operand(index(copy.source)),
                 copy.bytes);
  }
  for (const Copy& copy : schedule_->set_aside)
    queue_->copy(operand(copy.target), operand(index(copy.source)), copy.bytes);
  for (const Copy& copy : schedule_->update_copies)
    queue_->copy(at.variables[schedule_->update_variables[copy.target]], operand(index(copy.source)), copy.bytes);
  queue_->copy(state.fetches_on_host.get(), state.fetches_on_device.get(), fetches_.total);
}

}  // namespace cornu
