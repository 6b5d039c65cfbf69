#pragma once

#include <cstddef>
#include <vector>

#include "framework/executor/schedule.h"

namespace cornu {

/// Bytes that pass between memory and the last-level cache while a step runs.
struct MemoryTraffic {
  std::size_t from_memory = 0;  ///< of lines that are read or written and are not in the cache
  std::size_t to_memory = 0;    ///< of lines written before, by this step or an earlier one, that give way now
};

/// What each step of a schedule moves, and after the steps what the copies at its end move, when run follows run.
///
/// A model, not a measurement. The cache holds the lines of 64 bytes that were touched last, whatever their addresses.
/// A step touches every byte of its inputs, outputs and scratch memory once, from begin to end of all of them side by
/// side. A line to be written is fetched first unless it is there, as processors do, and written back when it gives
/// way.
std::vector<MemoryTraffic> memory_traffic(const Schedule& schedule, std::size_t cache_bytes);

}  // namespace cornu
