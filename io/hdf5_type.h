#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "framework/tensor.h"
#include "io/hdf5_session.h"

namespace cornu::io {

/// How the elements of an HDF5 dataset or attribute become those of a tensor.
struct Hdf5Element {
  DType dtype = DType::kFloat32;  ///< of the tensor
  Hdf5Handle memory_type;         ///< what HDF5 converts to while it reads
  bool is_uint64 = false;         ///< read as uint64 into an int64 tensor: values beyond int64 show as negative
};

/// The element type for a file's type, or nothing when no dtype can hold it. `is_marked_bfloat16` says whether the
/// attribute `dtype` is "bfloat16", as Keras marks its two opaque bytes. 16-bit integers become int32, uint64 becomes
/// int64.
std::optional<Hdf5Element> element_of(Hdf5Handle::Id file_type, bool is_marked_bfloat16);

/// Puts values that HDF5 read as `element` in the form tensors have: bools 0 or 1. False when a uint64 does not fit
/// int64.
bool make_valid(const Hdf5Element& element, Tensor& values);

/// The type that h5py and Keras write for a dtype: little-endian numbers, an enumeration for bool, opaque for bfloat16.
Hdf5Handle file_type_of(DType dtype);

/// Name of a type for messages: "a string", "a compound", "an integer of 16 bytes", ...
std::string describe_type(Hdf5Handle::Id type);

/// Elements of a text type of fixed length, without their padding.
std::vector<std::string> split_text(std::string_view bytes, Hdf5Handle::Id text_type);

/// Variable-length UTF-8 text.
Hdf5Handle string_type();

}  // namespace cornu::io
