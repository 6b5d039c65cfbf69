#pragma once

#include <string>
#include <vector>

#include "framework/tensor.h"
#include "io/hdf5_bytes.h"
#include "io/hdf5_session.h"

namespace cornu::io {

// Attributes of one open HDF5 object. `where` names the object in messages. All within an Hdf5Session.

bool has_attribute(Hdf5Handle::Id object, const std::string& name);

/// Sorted.
std::vector<std::string> attribute_names(Hdf5Handle::Id object, const Hdf5Bytes& file, const std::string& where);

/// Text of any rank in row-major order, of fixed or variable length; an array of numbers without elements is an empty
/// list.
std::vector<std::string> read_strings(Hdf5Handle::Id object, const std::string& name, const Hdf5Bytes& file,
                                      const std::string& where);

/// Numbers of any shape.
Tensor read_numbers(Hdf5Handle::Id object, const std::string& name, const std::string& where);

/// One variable-length UTF-8 string.
void write_string(Hdf5Handle::Id object, const std::string& name, const std::string& value, const std::string& where);

/// A vector of variable-length UTF-8 strings; of none, as h5py writes an empty list, a float64 array of length 0.
void write_strings(Hdf5Handle::Id object, const std::string& name, const std::vector<std::string>& values,
                   const std::string& where);

/// A vector of strings of `length` bytes each, padded with zeros; none may be longer.
void write_fixed_strings(Hdf5Handle::Id object, const std::string& name, const std::vector<std::string>& values,
                         std::size_t length, const std::string& where);

void write_numbers(Hdf5Handle::Id object, const std::string& name, const Tensor& values, const std::string& where);

}  // namespace cornu::io
