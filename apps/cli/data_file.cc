#include "apps/cli/data_file.h"

#include <algorithm>

#include "framework/error.h"
#include "framework/ops/cast.h"
#include "io/csv.h"
#include "io/hdf5_file.h"
#include "io/idx.h"
#include "io/npy.h"
#include "io/npz.h"

namespace cornu::cli {
namespace {

std::string quoted(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "\"" : ", \"") + name + "\"";
  return text;
}

}  // namespace

std::vector<std::pair<std::string, Tensor>> read_data(const std::string& argument) {
  // "file.h5:/dataset": the part behind the last ":/".
  const std::size_t colon = argument.rfind(":/");
  if (colon != std::string::npos) {
    return {{"", io::Hdf5File::open(argument.substr(0, colon)).read(argument.substr(colon + 1))}};
  }
  if (argument.ends_with(".npy")) return {{"", io::read_npy(argument)}};
  if (argument.ends_with(".npz")) return io::read_npz(argument);
  if (argument.ends_with(".csv")) return {{"", io::read_csv(argument).values}};
  if (argument.ends_with(".gz") || argument.ends_with("ubyte") || argument.ends_with(".idx")) {
    return {{"", io::read_idx(argument)}};
  }
  if (argument.ends_with(".h5") || argument.ends_with(".hdf5")) {
    throw FormatError("'" + argument + "': expected the dataset of the HDF5 file as well; write FILE:/DATASET",
                      argument);
  }
  throw FormatError("'" + argument +
                        "': expected data as .npy, .npz, FILE.h5:/DATASET, .csv, or IDX (.gz, ubyte, .idx); "
                        "the name ends in none of these",
                    argument);
}

Tensors read_model_data(const std::vector<std::string>& arguments, const std::vector<std::string>& names,
                        const std::string& what) {
  std::vector<std::pair<std::string, Tensor>> arrays;
  for (const std::string& argument : arguments) {
    for (auto& array : read_data(argument)) arrays.push_back(std::move(array));
  }
  if (!names.empty() && arrays.size() != names.size()) {
    throw InvalidArgument("expected " + std::to_string(names.size()) + " arrays, one for each " + what +
                          " of the model (" + quoted(names) + "); the files given hold " +
                          std::to_string(arrays.size()));
  }
  Tensors tensors;
  for (const std::string& name : names) {
    const auto found =
        std::find_if(arrays.begin(), arrays.end(), [&](const auto& array) { return array.first == name; });
    if (found != arrays.end()) tensors.push_back(found->second);
  }
  if (!names.empty() && tensors.size() == names.size()) return tensors;
  tensors.clear();
  for (const auto& [name, tensor] : arrays) tensors.push_back(tensor);
  return tensors;
}

Tensors read_inputs(const std::vector<std::string>& arguments, const ModelLayer& model) {
  Tensors inputs = read_model_data(arguments, model.input_names(), "input");
  const TensorSpecs specs = model.input_specs();
  for (std::size_t i = 0; i < inputs.size() && i < specs.size(); ++i) inputs[i] = ops::cast(inputs[i], specs[i].dtype);
  return inputs;
}

}  // namespace cornu::cli
