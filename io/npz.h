#pragma once

#include <string>
#include <utility>
#include <vector>

#include "framework/tensor.h"

namespace cornu::io {

/// Arrays by name, in the order of the file.
using NamedTensors = std::vector<std::pair<std::string, Tensor>>;

/// Reads the arrays that `numpy.savez` or `numpy.savez_compressed` wrote, under their names without `.npy`.
/// **Throws** FormatError as ZipArchive and `read_npy` do, and for members that are no arrays.
NamedTensors read_npz(const std::string& path);

/// Writes what `numpy.load` reads; an existing file is replaced at the end and at once.
void write_npz(const std::string& path, const NamedTensors& arrays);

}  // namespace cornu::io
