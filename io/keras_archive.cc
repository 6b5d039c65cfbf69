#include "io/keras_archive.h"

#include <string_view>

#include "framework/error.h"
#include "io/in_quotes.h"
#include "io/json.h"
#include "io/weights_file.h"
#include "io/zip_archive.h"

namespace cornu::io {
namespace {

constexpr const char* kMetadata = "metadata.json";
constexpr const char* kConfig = "config.json";
constexpr const char* kWeights = "model.weights.h5";
constexpr const char* kNpzWeights = "model.weights.npz";
constexpr std::string_view kAssets = "assets/";

constexpr std::uint64_t kLongestMetadata = std::uint64_t{1} << 20;
constexpr std::uint64_t kLongestConfig = std::uint64_t{128} << 20;

std::string where_of(const std::string& path, const char* member) { return path + "/" + member; }

}  // namespace

KerasArchive read_keras_archive(const std::string& path) {
  const ZipArchive zip = ZipArchive::open(path);
  if (!zip.contains(kConfig)) {
    throw FormatError(in_quotes(path) +
                          ": expected a Keras model; got a ZIP archive without config.json. Check that it was " +
                          "written by model.save(\"name.keras\").",
                      path);
  }
  if (!zip.contains(kWeights) && zip.contains(kNpzWeights)) {
    throw FormatError(
        in_quotes(path) +
            ": expected model.weights.h5; got a model that keeps its weights in model.weights.npz. Save it " +
            "again in Keras without weights_format=\"npz\".",
        path);
  }
  KerasArchive archive;
  if (zip.contains(kMetadata)) {
    archive.metadata = parse_json(zip.read_member(kMetadata, kLongestMetadata), where_of(path, kMetadata));
  }
  archive.config = parse_json(zip.read_member(kConfig, kLongestConfig), where_of(path, kConfig));
  archive.weights = read_weights_image(zip.read_member(kWeights), where_of(path, kWeights));
  for (const std::string& member : zip.members()) {
    if (member.starts_with(kAssets))
      archive.assets.emplace_back(member.substr(kAssets.size()), zip.read_member(member));
  }
  return archive;
}

void write_keras_archive(const std::string& path, const KerasArchive& archive) {
  // The weights go through a file of their own, not through memory, where they would be a second time.
  AtomicFile weights(path);
  write_weights_in_place(weights.temporary_path(), archive.weights, path);
  ZipWriter zip(path);
  zip.add(kMetadata, to_json(archive.metadata));
  zip.add(kConfig, to_json(archive.config));
  zip.add_file(kWeights, weights.temporary_path());
  for (const auto& [name, contents] : archive.assets) zip.add(std::string(kAssets) + name, contents);
  zip.commit();
}

}  // namespace cornu::io
