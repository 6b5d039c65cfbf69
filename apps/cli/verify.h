#pragma once

#include <string>
#include <vector>

namespace cornu::cli {

/// What came of comparing a model with a reference of Keras' results.
struct VerifyReport {
  std::vector<std::string> mismatches;  ///< a line each; none when everything agrees
  std::size_t num_compared = 0;         ///< tensors and history entries
  bool agrees() const { return mismatches.empty(); }
};

/// Loads a `.keras` file, computes what `reference` (an HDF5 file) holds, and compares: outputs, a second call of
/// stateful models, gradients, the same in training mode, other weight files beside the reference, a whole fit.
///
/// Everything the reference has is compared, within its own tolerances. An error while computing is a mismatch.
/// **Throws** FormatError and others for a model that cannot be loaded and for a reference that cannot be read.
VerifyReport verify(const std::string& model_path, const std::string& reference_path);

/// Verifies every case of a folder: `FOLDER/NAME/model.keras` against `FOLDER/NAME/reference.h5`.
///
/// `names` says which; all of the folder if empty. Calls `report` after each case; a case that throws has one mismatch,
/// the message. Returns how many agree.
struct VerifiedCase {
  std::string name;
  VerifyReport report;
};
std::vector<VerifiedCase> verify_all(const std::string& folder, std::vector<std::string> names,
                                     void (*progress)(const VerifiedCase&) = nullptr);

/// Names in a list file, one a line. **Throws** FormatError when it cannot be read.
std::vector<std::string> names_in(const std::string& list_path);

}  // namespace cornu::cli
