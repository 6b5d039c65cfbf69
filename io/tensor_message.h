#pragma once

#include "framework/dtype.h"
#include "framework/tensor.h"
#include "io/graph_description.h"

namespace cornu::io {

// Messages of tensorboard.proto; its header is for sources only.
namespace tensorboard {
class Tensor;
class TensorShape;
}  // namespace tensorboard

/// TensorFlow's number of a dtype, a `tensorboard::DataType`.
int data_type_of(DType dtype);
int data_type_of(ForeignDType dtype);

void write_shape(const Shape& shape, tensorboard::TensorShape& message);

/// One element in a field for its type, more of them as bytes, as TensorFlow does it.
void write_tensor(const Tensor& tensor, tensorboard::Tensor& message);
void write_tensor(const StringTensor& tensor, tensorboard::Tensor& message);

}  // namespace cornu::io
