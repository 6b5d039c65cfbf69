#pragma once

#include <array>
#include <cstdint>

#include "framework/window_geometry.h"

namespace cornu::reference {

/// A WindowGeometry as three axes, of which the leading ones may have size 1, so that the loops are written once.
struct SpatialWindow {
  using Triple = std::array<std::int64_t, 3>;
  Triple input;
  Triple window;
  Triple strides;
  Triple dilation;
  Triple before;
  Triple output;

  explicit SpatialWindow(const WindowGeometry& geometry) {
    input = window = strides = dilation = output = {1, 1, 1};
    before = {0, 0, 0};
    const std::size_t first = 3 - geometry.rank();
    for (std::size_t i = 0; i < geometry.rank(); ++i) {
      input[first + i] = geometry.input[i];
      window[first + i] = geometry.window[i];
      strides[first + i] = geometry.strides[i];
      dilation[first + i] = geometry.dilation[i];
      before[first + i] = geometry.before[i];
      output[first + i] = geometry.output[i];
    }
  }

  static std::int64_t count(const Triple& sizes) { return sizes[0] * sizes[1] * sizes[2]; }

  /// Calls `visit(position in the output, position in the window, position in the input)`, each counted over all axes,
  /// for every place of the window that lies inside the input.
  template <typename Visit> void for_each_tap(Visit&& visit) const {
    for_each(output, [&](const Triple& o, std::int64_t out) {
      for_each(window, [&](const Triple& w, std::int64_t tap) {
        std::int64_t in = 0;
        for (std::size_t i = 0; i < 3; ++i) {
          const std::int64_t at = o[i] * strides[i] + w[i] * dilation[i] - before[i];
          if (at < 0 || at >= input[i]) return;
          in = in * input[i] + at;
        }
        visit(out, tap, in);
      });
    });
  }

 private:
  template <typename Visit> static void for_each(const Triple& sizes, Visit&& visit) {
    std::int64_t position = 0;
    Triple at;
    for (at[0] = 0; at[0] < sizes[0]; ++at[0]) {
      for (at[1] = 0; at[1] < sizes[1]; ++at[1]) {
        for (at[2] = 0; at[2] < sizes[2]; ++at[2]) visit(at, position++);
      }
    }
  }
};

}  // namespace cornu::reference
