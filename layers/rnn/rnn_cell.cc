#include "layers/rnn/rnn_cell.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/reshape.h"
#include "framework/ops/slice.h"

namespace cornu::layers {

Tensors RNNCellLayer::initial_states(const Tensor& first_input) const {
  // A column of zeros has the batch's size even where that is unknown.
  Tensor column = first_input;
  while (column.rank() > 2) column = ops::squeeze(ops::slice_position(column, column.rank() - 1, 0), -1);
  column = ops::cast(ops::zeros_like(ops::slice_position(column, 1, 0)), compute_dtype());
  Tensors states;
  for (std::int64_t size : state_sizes()) states.push_back(column + ops::zeros({1, size}, compute_dtype()));
  return states;
}

}  // namespace cornu::layers
