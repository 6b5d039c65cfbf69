// Operations of functional graphs that rearrange elements: shapes, axes, indices, pieces.

#include "framework/error.h"
#include "framework/ops/cast.h"
#include "framework/ops/concatenate.h"
#include "framework/ops/diagonal.h"
#include "framework/ops/get_item.h"
#include "framework/ops/move_axes.h"
#include "framework/ops/pad.h"
#include "framework/ops/range.h"
#include "framework/ops/repeat.h"
#include "framework/ops/reshape.h"
#include "framework/ops/scatter.h"
#include "framework/ops/slice.h"
#include "framework/ops/take.h"
#include "models/keras_operation_settings.h"

namespace cornu {
namespace {

// ---- indexing

ops::Index index_from(const OperationValue& value) {
  if (value.tensor.defined()) return value.tensor;
  const Config& data = value.data;
  if (data.is_null()) return ops::NewAxis();
  if (data.is_integer()) return data.as_int();
  if (data.is_dict() && data.get("class_name") == Config("__ellipsis__")) return ops::Ellipsis();
  if (data.is_dict() && data.get("class_name") == Config("__slice__")) {
    const Config& slice = data.at("config");
    const auto bound = [&](const char* name) { return integer_from(slice.get(name)); };
    return ops::Slice{.start = bound("start"), .stop = bound("stop"), .step = bound("step").value_or(1)};
  }
  if (data.is_list()) {
    const std::vector<std::int64_t> positions = data.as_ints();
    return ops::cast(Tensor::copy(positions, {static_cast<std::int64_t>(positions.size())}), DType::kInt32);
  }
  throw FormatError(
      std::string("operation GetItem: expected an integer, a slice, an ellipsis, null or a tensor as index; got a ") +
      data.kind());
}

Outputs get_item(const OperationArguments& a) {
  const OperationValue* key = a.value(1, "key");
  if (!key) throw FormatError("operation GetItem: expected an index as second argument; there is none");
  std::vector<ops::Index> indices;
  if (key->is_list) {
    for (const OperationValue& item : key->items) indices.push_back(index_from(item));
  } else {
    indices.push_back(index_from(*key));
  }
  return ops::get_item(a.tensor(0, "x"), indices);
}

Outputs take(const OperationArguments& a) {
  const std::optional<std::int64_t> axis = integer_from(a.config().get("axis"));
  const Tensor x = a.tensor(0, "x");
  const Tensor indices = a.tensor(1, "indices");
  return axis ? ops::take(x, indices, *axis) : ops::take(x, indices);
}

Outputs take_along_axis(const OperationArguments& a) {
  const std::optional<std::int64_t> axis = integer_from(a.config().get("axis"));
  const Tensor x = a.tensor(0, "x");
  const Tensor indices = a.tensor(1, "indices");
  return axis ? ops::take_along_axis(x, indices, *axis) : ops::take_along_axis(x, indices);
}

// Positions that are data, not computed.
std::vector<std::int64_t> known_positions(const OperationArguments& a, std::size_t position, const char* name) {
  const Tensor tensor = a.tensor(position, name);
  if (tensor.is_symbolic()) {
    throw Unsupported(
        "operation " + a.operation() + ": \"" + name + "\" must be known when the model is made; it is computed", {},
        a.operation());
  }
  return tensor.to_vector<std::int64_t>();
}

// ---- shapes and axes

Shape shape_from(const Config& config) {
  Shape shape;
  if (!config.is_list()) return {config.as_int()};
  for (const Config& dim : config.as_list()) shape.push_back(dim.is_null() ? kUnknown : dim.as_int());
  return shape;
}

Outputs reshape(const OperationArguments& a) {
  return ops::reshape(a.tensor(0, "x"), shape_from(a.config().at("newshape")));
}

Outputs transpose(const OperationArguments& a) {
  return ops::transpose(a.tensor(0, "x"), integers_from(a.config().get("axes")));
}

Outputs moveaxis(const OperationArguments& a) {
  return ops::moveaxis(a.tensor(0, "x"), integers_from(a.config().at("source")),
                       integers_from(a.config().at("destination")));
}

// k quarter turns from the first axis of the plane to the second.
Outputs rot90(const OperationArguments& a) {
  const Tensor x = a.tensor(0, "array");
  std::vector<std::int64_t> plane = integers_from(a.config().get("axes"));
  if (plane.empty()) plane = {0, 1};
  switch (((a.config().get_int("k", 1) % 4) + 4) % 4) {
    case 1: return ops::swapaxes(ops::flip(x, plane[1]), plane[0], plane[1]);
    case 2: return ops::flip(x, plane);
    case 3: return ops::flip(ops::swapaxes(x, plane[0], plane[1]), plane[1]);
    default: return x;
  }
}

// ---- pieces

Outputs split(const Tensor& x, const Config& sections, std::int64_t axis) {
  return sections.is_list() ? ops::split(x, sections.as_ints(), axis) : ops::split(x, sections.as_int(), axis);
}

bool register_split(const std::string& class_name, std::int64_t axis) {
  return register_keras_operation(class_name, [axis](const OperationArguments& a) {
    return split(a.tensor(0, "x"), a.config().at("indices_or_sections"), a.config().get_int("axis", axis));
  });
}

Tensor dstack(const Tensors& tensors) {
  Tensors deep;
  for (const Tensor& x : tensors) {
    if (x.rank() == 0) {
      deep.push_back(ops::reshape(x, {1, 1, 1}));
    } else if (x.rank() == 1) {
      deep.push_back(ops::expand_dims(x, {0, 2}));
    } else {
      deep.push_back(x.rank() == 2 ? ops::expand_dims(x, 2) : x);
    }
  }
  return ops::concatenate(deep, 2);
}

Outputs append(const OperationArguments& a) {
  const std::optional<std::int64_t> axis = integer_from(a.config().get("axis"));
  const Tensor x = a.tensor(0, "x1");
  const Tensor values = a.tensor(1, "x2");
  return axis ? ops::append(x, values, *axis) : ops::append(x, values);
}

Outputs repeat(const OperationArguments& a) {
  const std::optional<std::int64_t> axis = integer_from(a.config().get("axis"));
  const Tensor x = axis ? a.tensor(0, "x") : ops::ravel(a.tensor(0, "x"));
  const Config& repeats = a.config().at("repeats");
  const std::int64_t along = axis.value_or(0);
  if (!repeats.is_list()) return ops::repeat(x, repeats.as_int(), along);
  if (repeats.size() == 1) return ops::repeat(x, repeats.as_list()[0].as_int(), along);
  return ops::repeat(x, repeats.as_ints(), along);
}

Outputs roll(const OperationArguments& a) {
  const Tensor x = a.tensor(0, "x");
  const std::vector<std::int64_t> shifts = integers_from(a.config().at("shift"));
  const std::vector<std::int64_t> axes = integers_from(a.config().get("axis"));
  return axes.empty() ? ops::roll(x, shifts.at(0)) : ops::roll(x, shifts, axes);
}

Outputs pad(const OperationArguments& a) {
  std::vector<ops::PadWidth> widths;
  const Config& given = a.config().at("pad_width");
  if (given.is_integer()) {
    widths = {{given.as_int(), given.as_int()}};
  } else if (given.size() > 0 && given.as_list()[0].is_integer()) {
    const std::vector<std::int64_t> both = given.as_ints();
    widths = {{both.front(), both.back()}};
  } else {
    for (const Config& width : given.as_list()) {
      const std::vector<std::int64_t> both = width.as_ints();
      widths.emplace_back(both.at(0), both.at(1));
    }
  }
  ops::PadOptions options{.mode = a.config().get_string("mode", "constant")};
  if (a.has(1, "constant_values")) options.value = a.data(1, "constant_values").as_double();
  return ops::pad(a.tensor(0, "x"), widths, options);
}

ops::OneHotOptions one_hot_options(const Config& config) {
  return {.axis = config.get_int("axis", -1), .dtype = dtype_from(config.get("dtype")).value_or(DType::kFloat32)};
}

const bool kRegistered = [] {
  register_keras_operation("GetItem", get_item);
  register_keras_operation("Take", take);
  register_keras_operation("TakeAlongAxis", take_along_axis);
  register_keras_operation("Slice", [](const OperationArguments& a) {
    return ops::slice(a.tensor(0, "inputs"), known_positions(a, 1, "start_indices"), a.config().at("shape").as_ints());
  });
  register_keras_operation("SliceUpdate", [](const OperationArguments& a) {
    return ops::slice_update(a.tensor(0, "inputs"), known_positions(a, 1, "start_indices"), a.tensor(2, "updates"));
  });
  register_keras_operation("Scatter", [](const OperationArguments& a) {
    return ops::scatter(a.tensor(0, "indices"), a.tensor(1, "values"), shape_from(a.config().at("shape")));
  });
  register_keras_operation("ScatterUpdate", [](const OperationArguments& a) -> Outputs {
    if (!a.config().get("reduction").is_null()) {
      throw Unsupported("operation ScatterUpdate: with a reduction it is not available", {}, a.operation());
    }
    return ops::scatter_update(a.tensor(0, "inputs"), a.tensor(1, "indices"), a.tensor(2, "updates"));
  });
  register_keras_operation("Reshape", reshape);
  register_keras_operation("BroadcastTo", [](const OperationArguments& a) {
    return ops::broadcast_to(a.tensor(0, "x"), shape_from(a.config().at("shape")));
  });
  register_keras_operation("ExpandDims", [](const OperationArguments& a) {
    return ops::expand_dims(a.tensor(0, "x"), axes_from(a.config().at("axis")));
  });
  register_keras_operation("Squeeze", [](const OperationArguments& a) {
    return ops::squeeze(a.tensor(0, "x"), axes_from(a.config().get("axis")));
  });
  register_keras_operation("Transpose", transpose);
  register_keras_operation("Moveaxis", moveaxis);
  register_keras_operation("Swapaxes", [](const OperationArguments& a) {
    return ops::swapaxes(a.tensor(0, "x"), a.config().at("axis1").as_int(), a.config().at("axis2").as_int());
  });
  register_unary("Ravel", ops::ravel);
  register_keras_operation("Flip", [](const OperationArguments& a) {
    return ops::flip(a.tensor(0, "x"), axes_from(a.config().get("axis")));
  });
  register_unary("Fliplr", [](const Tensor& x) { return ops::flip(x, 1); });
  register_unary("Flipud", [](const Tensor& x) { return ops::flip(x, 0); });
  register_keras_operation("Rot90", rot90);
  register_keras_operation("Concatenate", [](const OperationArguments& a) {
    return ops::concatenate(a.tensors(0, "xs"), a.config().get_int("axis", 0));
  });
  register_keras_operation("Stack", [](const OperationArguments& a) {
    return ops::stack(a.tensors(0, "x"), a.config().get_int("axis", 0));
  });
  register_keras_operation("Hstack", [](const OperationArguments& a) { return ops::hstack(a.tensors(0, "xs")); });
  register_keras_operation("Vstack", [](const OperationArguments& a) { return ops::vstack(a.tensors(0, "xs")); });
  register_keras_operation("Dstack", [](const OperationArguments& a) { return dstack(a.tensors(0, "xs")); });
  register_keras_operation("Append", append);
  register_split("Split", 0);
  register_split("Vsplit", 0);
  register_split("Hsplit", 1);
  register_split("Dsplit", 2);
  register_keras_operation("ArraySplit", [](const OperationArguments& a) {
    const Config& sections = a.config().at("indices_or_sections");
    const std::int64_t axis = a.config().get_int("axis", 0);
    const Tensor x = a.tensor(0, "x");
    return Outputs(sections.is_list() ? ops::split(x, sections.as_ints(), axis)
                                      : ops::array_split(x, sections.as_int(), axis));
  });
  register_keras_operation("Unstack", [](const OperationArguments& a) {
    return ops::unstack(a.tensor(0, "x"), a.config().get_int("axis", 0));
  });
  register_keras_operation("Repeat", repeat);
  register_keras_operation("Tile", [](const OperationArguments& a) {
    return ops::tile(a.tensor(0, "x"), integers_from(a.config().at("repeats")));
  });
  register_keras_operation("Roll", roll);
  register_keras_operation("Pad", pad);
  register_keras_operation(
      "Tril", [](const OperationArguments& a) { return ops::tril(a.tensor(0, "x"), a.config().get_int("k", 0)); });
  register_keras_operation(
      "Triu", [](const OperationArguments& a) { return ops::triu(a.tensor(0, "x"), a.config().get_int("k", 0)); });
  register_keras_operation(
      "Diag", [](const OperationArguments& a) { return ops::diag(a.tensor(0, "x"), a.config().get_int("k", 0)); });
  register_keras_operation("Diagflat", [](const OperationArguments& a) {
    return ops::diag(ops::ravel(a.tensor(0, "x")), a.config().get_int("k", 0));
  });
  register_keras_operation("Diagonal", [](const OperationArguments& a) {
    return ops::diagonal(a.tensor(0, "x"), a.config().get_int("offset", 0), a.config().get_int("axis1", 0),
                         a.config().get_int("axis2", 1));
  });
  register_keras_operation("Trace", [](const OperationArguments& a) {
    return ops::trace(a.tensor(0, "x"), a.config().get_int("offset", 0), a.config().get_int("axis1", 0),
                      a.config().get_int("axis2", 1));
  });
  register_keras_operation("Meshgrid", [](const OperationArguments& a) {
    Tensors vectors;
    for (std::size_t i = 0; a.value(i, ""); ++i) vectors.push_back(a.tensor(i, ""));
    return ops::meshgrid(vectors, a.config().get_string("indexing", "xy"));
  });
  register_keras_operation("OneHot", [](const OperationArguments& a) {
    return ops::one_hot(a.tensor(0, "x"), a.config().at("num_classes").as_int(), one_hot_options(a.config()));
  });
  return register_keras_operation("MultiHot", [](const OperationArguments& a) {
    return ops::multi_hot(a.tensor(0, "inputs"), a.config().at("num_classes").as_int(), one_hot_options(a.config()));
  });
}();

}  // namespace
}  // namespace cornu
