#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "framework/dtype.h"

namespace cornu::cuda {

/// A kernel whose work is done by templates of device code: `types` are declarations before it, `statement` is its
/// body; `files` are those of `device_text` behind device_types.
std::string kernel_text(std::initializer_list<std::string_view> files, const std::string& types,
                        const std::string& name, std::size_t num_operands, const std::string& statement);

/// "device::name<a, b>"
std::string device_template(std::string_view name, const std::vector<std::string>& arguments);
std::string device_template(std::string_view name, std::initializer_list<std::int64_t> arguments);

/// "static_cast<const T*>(operands.at[number])" and its like for what a kernel writes.
std::string read_operand(const std::string& type, std::size_t number);
std::string written_operand(const std::string& type, std::size_t number);

/// The type of indices up to `count`: 64 bits only where 32 do not do. A grid's stride beyond it does not overflow.
const char* index_type(std::int64_t count);

/// An integer of as many bytes, for elements that are moved as they are.
const char* unit_type(DType dtype);

/// The form in memory of an element: "device::Float32::Stored".
std::string stored_type(DType dtype);

/// The most elements, a power of 2, that have 16 bytes together at most and divide all of `sizes`.
std::int64_t pack_width(DType dtype, std::initializer_list<std::int64_t> sizes);

}  // namespace cornu::cuda
