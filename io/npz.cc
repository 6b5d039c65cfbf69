#include "io/npz.h"

#include "framework/error.h"
#include "io/in_quotes.h"
#include "io/npy.h"
#include "io/zip_archive.h"

namespace cornu::io {
namespace {

constexpr std::string_view kSuffix = ".npy";

}  // namespace

NamedTensors read_npz(const std::string& path) {
  const ZipArchive zip = ZipArchive::open(path);
  NamedTensors arrays;
  for (const std::string& member : zip.members()) {
    if (!member.ends_with(kSuffix)) {
      throw FormatError(in_quotes(path) + ": expected arrays (.npy) in the archive; got member " + in_quotes(member) +
                            ". Check that it was written by numpy.savez.",
                        path);
    }
    arrays.emplace_back(member.substr(0, member.size() - kSuffix.size()), read_npy(*zip.open_member(member)));
  }
  return arrays;
}

void write_npz(const std::string& path, const NamedTensors& arrays) {
  ZipWriter zip(path);
  for (const auto& [name, values] : arrays) zip.add(name + std::string(kSuffix), npy_bytes(values));
  zip.commit();
}

}  // namespace cornu::io
