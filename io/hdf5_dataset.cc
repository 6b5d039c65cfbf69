#include "io/hdf5_dataset.h"

#include <hdf5.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "framework/error.h"
#include "io/hdf5_attribute.h"
#include "io/hdf5_chunks.h"
#include "io/hdf5_space.h"
#include "io/hdf5_text.h"
#include "io/hdf5_type.h"
#include "io/size_limit.h"

namespace cornu::io {
namespace {

// Keras' mark on the opaque bytes of a bfloat16 dataset.
constexpr const char* kDtypeAttribute = "dtype";

// Bytes that say where a text of variable length is.
constexpr std::size_t kReferenceSize = 16;

[[noreturn]] void fail(const std::string& where, const std::string& sentence) {
  throw FormatError(where + ": " + sentence, where);
}

struct CheckedDataset {
  Shape shape;
  Hdf5Element element;
  std::optional<Shape> chunk;  // elements of each chunk, where there are chunks
  std::size_t file_element_size = 0;
};

void check_filters(hid_t properties, const std::string& where) {
  const int num_filters = H5Pget_nfilters(properties);
  for (int i = 0; i < num_filters; ++i) {
    unsigned flags = 0, config = 0;
    std::size_t num_values = 0;
    const H5Z_filter_t filter =
        H5Pget_filter2(properties, static_cast<unsigned>(i), &flags, &num_values, nullptr, 0, nullptr, &config);
    if (filter == H5Z_FILTER_DEFLATE || filter == H5Z_FILTER_SHUFFLE || filter == H5Z_FILTER_FLETCHER32) continue;
    fail(where, "expected no compression or gzip; got HDF5 filter number " + std::to_string(filter) +
                    ". Save the file again with compression=\"gzip\" or without.");
  }
}

// Most bytes this dataset may unpack to.
std::uint64_t byte_limit(hid_t dataset, H5D_layout_t layout, std::uint64_t file_size) {
  const std::uint64_t stored = std::min<std::uint64_t>(H5Dget_storage_size(dataset), file_size);
  // Values that were never written take no space in the file: those are limited as packed ones are.
  return layout == H5D_CHUNKED || stored == 0 ? unpacked_limit(stored) : file_size;
}

[[noreturn]] void fail_size(const Shape& shape, std::uint64_t limit, const std::string& where) {
  fail(where, "expected at most " + std::to_string(limit) + " bytes, for that is what the file can hold; got shape " +
                  shape.to_string() + ". The file is damaged, or made to exhaust memory.");
}

CheckedDataset check(hid_t dataset, const Hdf5Bytes& file, const std::string& where) {
  // 1. Where the values are. Hdf5Header has looked already; this is HDF5's own word.
  const Hdf5Handle properties(H5Dget_create_plist(dataset), H5Pclose);
  if (!properties.is_valid())
    fail(where, "cannot be read. The file is damaged: copy or download it again." + hdf5_reason());
  const H5D_layout_t layout = H5Pget_layout(properties.id());
  if (layout == H5D_VIRTUAL)
    fail(where, "expected values in this file; got a virtual dataset, which refers to others. Copy its values.");
  if (H5Pget_external_count(properties.id()) != 0) {
    fail(where, "expected values in this file; got external storage, which refers to others. Copy its values.");
  }
  if (layout != H5D_COMPACT && layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED) {
    fail(where, "expected a compact, contiguous or chunked layout; got another. The file is damaged.");
  }
  check_filters(properties.id(), where);

  // 2. What they are.
  const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
  if (!type.is_valid() || !space.is_valid()) {
    fail(where, "cannot be read. The file is damaged: copy or download it again." + hdf5_reason());
  }
  const bool may_be_bfloat16 = H5Tget_class(type.id()) == H5T_OPAQUE && has_attribute(dataset, kDtypeAttribute);
  const bool is_bfloat16 =
      may_be_bfloat16 && read_strings(dataset, kDtypeAttribute, file, where) == std::vector<std::string>{"bfloat16"};
  std::optional<Hdf5Element> element = element_of(type.id(), is_bfloat16);
  if (!element) {
    fail(where, "expected numbers of up to 8 bytes; got " + describe_type(type.id()) +
                    ". Convert it to float32 and save it again.");
  }
  const std::optional<Shape> shape = shape_of(space.id());
  if (!shape) fail(where, "expected an array; got a dataset without a shape. Save an array instead.");

  // 3. How much of them, by what the file holds and by what the tensor takes.
  const std::size_t file_element_size = std::max<std::size_t>(H5Tget_size(type.id()), 1);
  const auto file_bytes = checked_num_bytes(shape->dims(), file_element_size);
  const auto tensor_bytes = checked_num_bytes(shape->dims(), size_of(element->dtype));
  const std::uint64_t limit = byte_limit(dataset, layout, file.size);
  if (!file_bytes || !tensor_bytes || *file_bytes > limit) fail_size(*shape, limit, where);
  const std::uint64_t stored_bytes = H5Dget_storage_size(dataset);
  const bool is_plain = layout == H5D_COMPACT || (layout == H5D_CONTIGUOUS && stored_bytes != 0);
  if (is_plain && stored_bytes != *file_bytes) {
    // HDF5 does not look, and would read beyond the end.
    fail(where, "expected " + std::to_string(*file_bytes) + " bytes for shape " + shape->to_string() +
                    "; the file has " + std::to_string(stored_bytes) + ". It is damaged: copy or download it again.");
  }
  std::optional<Shape> chunk;
  if (layout == H5D_CHUNKED) {
    // HDF5 unpacks whole chunks, which may be larger than the dataset.
    std::vector<hsize_t> sizes(static_cast<std::size_t>(shape->rank()));
    if (H5Pget_chunk(properties.id(), static_cast<int>(sizes.size()), sizes.data()) < 0) {
      fail(where, "cannot be read. The file is damaged: copy or download it again." + hdf5_reason());
    }
    chunk = Shape(std::vector<std::int64_t>(sizes.begin(), sizes.end()));
    const auto chunk_bytes = checked_num_bytes(chunk->dims(), file_element_size);
    if (!chunk_bytes || *chunk_bytes > limit) fail_size(*chunk, limit, where);
  }
  return {*shape, std::move(*element), chunk, file_element_size};
}

}  // namespace

TensorSpec dataset_spec(Hdf5Handle::Id dataset, const Hdf5Bytes& file, const std::string& where) {
  const CheckedDataset checked = check(dataset, file, where);
  return {checked.shape, checked.element.dtype};
}

Tensor read_dataset(Hdf5Handle::Id dataset, const Hdf5Bytes& file, const std::string& where) {
  const auto [shape, element, chunk, file_element_size] = check(dataset, file, where);
  if (chunk) {
    const std::string objection = objection_to_chunks(dataset, shape, *chunk, file_element_size, file.size);
    if (!objection.empty())
      fail(where, "expected whole chunks; got " + objection + ". Copy or download the file again.");
  }
  Tensor values = Tensor::empty(shape, element.dtype);
  if (values.num_elements() > 0 &&
      H5Dread(dataset, element.memory_type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.raw()) < 0) {
    fail(where, "cannot be read. The file is damaged: copy or download it again." + hdf5_reason());
  }
  if (!make_valid(element, values)) fail(where, "expected numbers below 2^63; got larger ones. Save them as float64.");
  return values;
}

std::vector<std::string> read_text_dataset(Hdf5Handle::Id dataset, const Hdf5Bytes& file, const std::string& where) {
  const Hdf5Handle properties(H5Dget_create_plist(dataset), H5Pclose);
  const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
  if (!properties.is_valid() || !type.is_valid() || !space.is_valid()) {
    fail(where, "cannot be read. The file is damaged: copy or download it again." + hdf5_reason());
  }
  if (H5Tget_class(type.id()) != H5T_STRING) {
    fail(where, "expected text; got " + describe_type(type.id()) + ". Check that this file is of the right kind.");
  }
  const std::optional<Shape> shape = shape_of(space.id());
  const bool is_variable = H5Tis_variable_str(type.id()) > 0;
  const std::size_t element_size = is_variable ? kReferenceSize : H5Tget_size(type.id());
  const std::uint64_t num_bytes = shape ? checked_num_bytes(shape->dims(), element_size).value_or(UINT64_MAX) : 0;
  if (num_bytes == 0) return {};
  // Read as plain bytes: HDF5's reader of text of variable length crashes on damaged files.
  const haddr_t begin = H5Dget_offset(dataset);
  const bool is_in_one_piece =
      begin != HADDR_UNDEF && begin >= file.base && H5Pget_layout(properties.id()) == H5D_CONTIGUOUS;
  const auto bytes = is_in_one_piece ? file.block(begin - file.base, num_bytes) : std::nullopt;
  if (!bytes) {
    fail(where,
         "expected text in one piece; got chunks, or less than the shape says. Save it again with h5py's defaults.");
  }
  if (!is_variable) return split_text(*bytes, type.id());
  std::optional<std::vector<std::string>> texts = resolve_text(file, *bytes, bytes->size() / kReferenceSize);
  if (!texts) fail(where, "cannot be read. The file is damaged: copy or download it again.");
  return std::move(*texts);
}

void write_dataset(Hdf5Handle::Id group, const std::string& name, const Tensor& values, const std::string& where) {
  const Hdf5Handle type = file_type_of(values.dtype());
  const Hdf5Handle space = space_of(values.shape());
  const Hdf5Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  // As h5py: the same values give the same bytes, whenever they are saved.
  H5Pset_obj_track_times(properties.id(), false);
  Hdf5Handle dataset(H5Dcreate2(group, name.c_str(), type.id(), space.id(), H5P_DEFAULT, properties.id(), H5P_DEFAULT),
                     H5Dclose);
  if (!dataset.is_valid() || H5Dwrite(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.raw()) < 0) {
    fail(where, "cannot be written. It may exist already, or the disk is full." + hdf5_reason());
  }
  if (values.dtype() == DType::kBFloat16) write_string(dataset.id(), kDtypeAttribute, "bfloat16", where);
  if (!dataset.reset()) fail(where, "cannot be written. The disk may be full." + hdf5_reason());
}

}  // namespace cornu::io
