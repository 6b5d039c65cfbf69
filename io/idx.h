#pragma once

#include <string>

#include "framework/tensor.h"

namespace cornu::io {

/// Reads an IDX file, the format of MNIST and its kin, plain or gzipped: `train-images-idx3-ubyte.gz`.
///
/// **Output**: uint8 as in MNIST, or int8, int32 (from 16 or 32 bits), float32, float64, as the file says. **Throws**
/// FormatError for another format and for a file that is shorter or longer than its header says.
/// **See**: LeCun, Cortes, Burges, "The MNIST database of handwritten digits".
///
/// ```cpp
/// Tensor images = io::read_idx("train-images-idx3-ubyte.gz");   // (60000, 28, 28) uint8
/// ```
Tensor read_idx(const std::string& path);

}  // namespace cornu::io
