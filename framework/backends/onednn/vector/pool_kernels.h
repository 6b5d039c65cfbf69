#pragma once

#include <cstdint>

#include "framework/backends/onednn/vector/isa.h"

/// Pooling of one row of windows, compiled once per instruction set.
namespace cornu::onednn {

/// Windows side by side, of which each shows elements at the same distances from its own place. Numbers count elements.
struct PoolRow {
  std::int64_t place;           ///< of the first window in x
  std::int64_t step;            ///< from one window to the next in x
  const std::int64_t* offsets;  ///< of what a window shows, from its place; in row-major order
  std::int64_t num_offsets;
  std::int64_t num_windows;
  std::int64_t channels;  ///< to work on
  std::int64_t y_step;    ///< from one window to the next in y
};

/// The functions of one instruction set. A window's winner, channel by channel, is the first NaN, or else the first of
/// the greatest elements. Where `add` is false, what a window shows is overwritten, also where it does not win.
struct PoolTable {
  void (*maximum)(const PoolRow& row, const float* x, float* y);
  /// The same, and each winner's number among the offsets, of which there are 256 at most.
  void (*maximum_and_winner)(const PoolRow& row, const float* x, float* y, std::uint8_t* winners);
  void (*gather)(const PoolRow& row, const float* x, const float* source, float* y);
  void (*scatter)(const PoolRow& row, const float* x, const float* dy, float* dx, bool add);
  void (*scatter_to_winners)(const PoolRow& row, const std::uint8_t* winners, const float* dy, float* dx, bool add);
  void (*average)(const PoolRow& row, const float* x, float* y);
  void (*spread)(const PoolRow& row, const float* dy, float* dx, bool add);
};

CORNU_DECLARE_ISA_TABLE(PoolTable, kPoolTable)

}  // namespace cornu::onednn
