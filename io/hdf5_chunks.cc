#include "io/hdf5_chunks.h"

#include <hdf5.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "io/size_limit.h"

namespace cornu::io {
namespace {

constexpr std::uint64_t kMostChunks = std::uint64_t{1} << 20;
constexpr std::size_t kChecksumSize = 4;

std::vector<H5Z_filter_t> filters_of(hid_t dataset) {
  const Hdf5Handle properties(H5Dget_create_plist(dataset), H5Pclose);
  std::vector<H5Z_filter_t> filters;
  for (int i = 0; i < H5Pget_nfilters(properties.id()); ++i) {
    unsigned flags = 0, config = 0;
    std::size_t num_values = 0;
    filters.push_back(
        H5Pget_filter2(properties.id(), static_cast<unsigned>(i), &flags, &num_values, nullptr, 0, nullptr, &config));
  }
  return filters;
}

// Bytes that these unpack to; nothing when they are damaged or more than `limit`.
std::optional<std::uint64_t> inflated_size(std::span<unsigned char> packed, std::uint64_t limit) {
  z_stream stream{};
  if (packed.size() > UINT32_MAX || inflateInit(&stream) != Z_OK) return std::nullopt;
  stream.next_in = packed.data();
  stream.avail_in = static_cast<uInt>(packed.size());
  std::array<unsigned char, 16384> window;
  int status = Z_OK;
  while (status == Z_OK && stream.total_out <= limit) {
    stream.next_out = window.data();
    stream.avail_out = static_cast<uInt>(window.size());
    status = inflate(&stream, Z_NO_FLUSH);
  }
  const std::uint64_t size = stream.total_out;
  inflateEnd(&stream);
  if (status != Z_STREAM_END || size > limit) return std::nullopt;
  return size;
}

// Bytes of a chunk after all filters were undone, last one first.
std::optional<std::uint64_t> unpacked_size(std::span<unsigned char> stored, const std::vector<H5Z_filter_t>& filters,
                                           unsigned skipped, std::uint64_t limit) {
  std::uint64_t size = stored.size();
  for (std::size_t i = filters.size(); i-- > 0;) {
    if (skipped & (1U << i)) continue;
    if (filters[i] == H5Z_FILTER_FLETCHER32) {
      if (size < kChecksumSize) return std::nullopt;
      size -= kChecksumSize;
    } else if (filters[i] == H5Z_FILTER_DEFLATE) {
      const auto inflated = inflated_size(stored.first(static_cast<std::size_t>(size)), limit + kChecksumSize);
      if (!inflated) return std::nullopt;
      size = *inflated;
    }
  }
  return size;
}

}  // namespace

std::string objection_to_chunks(Hdf5Handle::Id dataset, const Shape& shape, const Shape& chunk,
                                std::size_t element_size, std::uint64_t file_size) {
  const std::vector<H5Z_filter_t> filters = filters_of(dataset);
  // What stands after deflate must leave the packed bytes as they are, or the check below would have to undo it.
  const auto deflate = std::find(filters.begin(), filters.end(), H5Z_FILTER_DEFLATE);
  if (deflate != filters.end() &&
      std::any_of(deflate + 1, filters.end(), [](H5Z_filter_t filter) { return filter != H5Z_FILTER_FLETCHER32; })) {
    return "filters in an order that h5py does not write";
  }
  const auto chunk_bytes = checked_num_bytes(chunk.dims(), element_size);
  std::uint64_t num_chunks = 1;
  for (std::int64_t axis = 0; axis < shape.rank(); ++axis) {
    num_chunks *= static_cast<std::uint64_t>((shape[axis] + chunk[axis] - 1) / chunk[axis]);
    if (num_chunks > kMostChunks) return "more than a million chunks";
  }
  std::vector<hsize_t> corner(static_cast<std::size_t>(shape.rank()), 0);
  std::vector<unsigned char> stored;
  for (std::uint64_t i = 0; i < num_chunks; ++i) {
    hsize_t size = 0;
    if (H5Dget_chunk_storage_size(dataset, corner.data(), &size) < 0 || size > file_size) return "a damaged chunk";
    if (size > 0) {  // otherwise never written
      stored.resize(static_cast<std::size_t>(size));
      std::uint32_t skipped = 0;
      if (H5Dread_chunk(dataset, H5P_DEFAULT, corner.data(), &skipped, stored.data()) < 0) return "a damaged chunk";
      if (unpacked_size(stored, filters, skipped, *chunk_bytes) != chunk_bytes) return "a damaged chunk";
    }
    for (auto axis = static_cast<std::size_t>(shape.rank()); axis-- > 0;) {
      corner[axis] += static_cast<hsize_t>(chunk.dims()[axis]);
      if (corner[axis] < static_cast<hsize_t>(shape.dims()[axis])) break;
      corner[axis] = 0;
    }
  }
  return "";
}

}  // namespace cornu::io
