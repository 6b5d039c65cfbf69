#include "framework/executor/packed_variables.h"

namespace cornu {

std::size_t PackedVariables::add(const Variable& variable, std::shared_ptr<const Kernel> packer, std::size_t bytes) {
  entries_.push_back({variable, std::move(packer), bytes, 0, nullptr});
  return entries_.size() - 1;
}

std::size_t PackedVariables::add(const Tensor& constant, std::shared_ptr<const Kernel> packer, std::size_t bytes) {
  Entry entry{{}, std::move(packer), bytes, 0, nullptr};
  pack(entry, constant.raw());
  entries_.push_back(std::move(entry));
  return entries_.size() - 1;
}

void PackedVariables::refresh(Copies& copies) const {
  if (entries_.empty()) return;
  // Versions only grow, so their sum tells whether any has changed. It is read before the values: what changes while
  // they are packed is packed again by the next run.
  std::uint64_t stamp = 1;
  for (const Entry& entry : entries_) {
    if (entry.variable.defined()) stamp += entry.variable.version();
  }
  if (copies.stamp == stamp) return;
  const std::lock_guard lock(mutex_);
  copies.copies.resize(entries_.size());
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    Entry& entry = entries_[i];
    if (entry.variable.defined() && (!entry.copy || entry.version != entry.variable.version())) {
      entry.version = entry.variable.version();
      pack(entry, entry.variable.data(false));
    }
    copies.copies[i] = entry.copy;
  }
  copies.stamp = stamp;
}

void PackedVariables::pack(Entry& entry, const void* source) {
  // A new copy, not the old one overwritten: another thread may be running with that.
  entry.copy = allocate_lasting_storage(entry.bytes);
  const Storage scratch = allocate_storage(entry.packer->scratch_bytes());
  void* target = entry.copy.get();
  entry.packer->run({&source, &target, scratch.get()});
}

}  // namespace cornu
