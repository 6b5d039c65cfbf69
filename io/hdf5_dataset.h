#pragma once

#include <string>
#include <vector>

#include "framework/tensor.h"
#include "io/hdf5_bytes.h"
#include "io/hdf5_session.h"

namespace cornu::io {

// One dataset. `where` names it in messages. All within an Hdf5Session.

/// Shape and dtype of an open dataset. **Throws** FormatError when its values are not in the file itself, its type is
/// no dtype, or it declares more than the file can hold.
TensorSpec dataset_spec(Hdf5Handle::Id dataset, const Hdf5Bytes& file, const std::string& where);

/// The values, after the same checks.
Tensor read_dataset(Hdf5Handle::Id dataset, const Hdf5Bytes& file, const std::string& where);

/// Text in row-major order, of fixed or variable length.
std::vector<std::string> read_text_dataset(Hdf5Handle::Id dataset, const Hdf5Bytes& file, const std::string& where);

/// Makes a dataset in an open group.
void write_dataset(Hdf5Handle::Id group, const std::string& name, const Tensor& values, const std::string& where);

}  // namespace cornu::io
