#include "framework/backends/cuda/launch.h"

#include <algorithm>

#include "framework/backends/cuda/card.h"

namespace cornu::cuda {

std::vector<const Launch*> launches_of(const Kernel& kernel) {
  const auto* launching = dynamic_cast<const LaunchingKernel*>(&kernel);
  return launching ? launching->all_launches() : std::vector<const Launch*>();
}

std::vector<const Launch*> LaunchKernel::all_launches() const {
  std::vector<const Launch*> list;
  for (const Launch& launch : launches_) list.push_back(&launch);
  return list;
}

unsigned int blocks_for(std::int64_t count) {
  // Some times what the largest cards run at once: 132 multiprocessors with 8 blocks each.
  constexpr std::int64_t kMaxBlocks = 4224;
  return static_cast<unsigned int>(std::clamp<std::int64_t>((count + kThreads - 1) / kThreads, 1, kMaxBlocks));
}

LaunchKernel::LaunchKernel(std::vector<Launch> launches, std::size_t scratch_bytes,
                           std::vector<std::pair<std::size_t, std::size_t>> shares)
    : launches_(std::move(launches)), scratch_bytes_(scratch_bytes), shares_(std::move(shares)) {
  std::sort(shares_.begin(), shares_.end());
}

void LaunchKernel::run(const KernelArguments& arguments) const {
  auto& card = static_cast<Card&>(*arguments.queue);
  for (const Launch& launch : launches_) card.launch(launch, arguments);
}

bool LaunchKernel::can_share(std::size_t input, std::size_t output) const {
  return std::binary_search(shares_.begin(), shares_.end(), std::pair(input, output));
}

std::string LaunchKernel::implementation() const {
  std::string text;
  for (const Launch& launch : launches_) {
    text += (text.empty() ? "" : " ") + launch.name + "<<<" + std::to_string(launch.blocks) + ", " +
            std::to_string(launch.threads) + ">>>";
  }
  return text;
}

}  // namespace cornu::cuda
