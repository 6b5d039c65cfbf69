#pragma once

#include <string>
#include <utility>
#include <vector>

#include "framework/tensor.h"
#include "models/model.h"

namespace cornu::cli {

/// Arrays that a data argument of the command names, with the names the file gives them ("" where it gives none).
///
/// `x.npy`, `x.npz` (all its arrays), `file.h5:/dataset`, CSV (`.csv`), and IDX, plain or gzipped (`.gz`, `ubyte`).
/// **Throws** FormatError for another suffix and for what cannot be read.
std::vector<std::pair<std::string, Tensor>> read_data(const std::string& argument);

/// What `read_data` gives for several arguments, as data for a model: by name where files name the arrays as `names`
/// does, else in order. `what` ("input") names it in messages.
/// **Throws** InvalidArgument when the number of arrays is another.
Tensors read_model_data(const std::vector<std::string>& arguments, const std::vector<std::string>& names,
                        const std::string& what);

/// The same for the inputs of a model, with the dtypes it takes.
Tensors read_inputs(const std::vector<std::string>& arguments, const ModelLayer& model);

/// What the help says about data arguments.
inline constexpr const char* kDataHelp =
    "Data: x.npy, x.npz, file.h5:/dataset, table.csv, or an IDX file such as train-images-idx3-ubyte.gz.";

}  // namespace cornu::cli
