#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "framework/tensor.h"

namespace cornu::io {

/// An HDF5 file: groups, datasets as tensors, attributes. Written as h5py and Keras write it.
///
/// Paths are like `layers/dense/vars/0`; "" or "/" is the root. Reading trusts nothing: only hard links are followed,
/// at every step of a path; data outside the file (external storage, virtual datasets) and filters other than deflate,
/// shuffle and fletcher32 are refused; sizes are checked before memory is allocated. HDF5 is not thread-safe, so all
/// files share one lock: any thread may use any file, one at a time.
///
/// **Throws** FormatError, naming file and object, when the file does not exist, is damaged, or has not what is asked
/// for.
///
/// ```cpp
/// io::Hdf5File file = io::Hdf5File::open("data.h5");
/// for (const std::string& name : file.members("train")) {
///   Tensor values = file.read("train/" + name);
/// }
/// ```
class Hdf5File {
 public:
  /// Opens for reading.
  static Hdf5File open(const std::string& path);

  /// Opens the bytes of a file in memory, for reading and without a copy. `where` names them in messages.
  static Hdf5File open_image(std::string image, const std::string& where);

  /// Makes a new file, which can only be written until it is opened again; an old one is lost. `where` names it in
  /// messages, `path` if empty. To replace an old file safely write to the `temporary_path()` of an AtomicFile.
  static Hdf5File create(const std::string& path, const std::string& where = {});

  Hdf5File(Hdf5File&&) noexcept;
  Hdf5File& operator=(Hdf5File&&) noexcept;
  ~Hdf5File();

  /// Ends writing. **Throws** FormatError when not everything could be written; the destructor would be silent.
  void close();

  /// The file's name in messages.
  const std::string& where() const;

  /// Bytes of a file that was opened for reading.
  std::uint64_t size() const;

  enum class Kind { kNone, kGroup, kDataset, kOther };
  /// What is at a path. **Throws** where the path leads through anything but hard links.
  Kind kind(const std::string& path) const;
  bool has_group(const std::string& path) const { return kind(path) == Kind::kGroup; }
  bool has_dataset(const std::string& path) const { return kind(path) == Kind::kDataset; }

  /// Names in a group, sorted.
  std::vector<std::string> members(const std::string& group) const;

  /// Shape and dtype without reading the values, under the same checks as `read`.
  TensorSpec spec(const std::string& dataset) const;

  /// Values as float32, float64, float16, bfloat16, bool or integers; 16-bit integers become int32, uint64 becomes
  /// int64.
  Tensor read(const std::string& dataset) const;

  /// Text in row-major order.
  std::vector<std::string> read_strings(const std::string& dataset) const;

  /// Makes a group and those above it, where they are missing.
  void make_group(const std::string& path);

  /// Writes a dataset, contiguous and little-endian; groups above it are made. bfloat16 is marked as Keras marks it.
  void write(const std::string& dataset, const Tensor& values);

  bool has_attribute(const std::string& path, const std::string& name) const;
  /// Names of the attributes of a group or dataset, sorted.
  std::vector<std::string> attributes(const std::string& path) const;

  std::string string_attribute(const std::string& path, const std::string& name) const;
  Tensor number_attribute(const std::string& path, const std::string& name) const;

  /// A list of strings, also where Keras split it into `name0`, `name1`, ... because it was too long.
  std::vector<std::string> strings_attribute(const std::string& path, const std::string& name) const;
  bool has_strings_attribute(const std::string& path, const std::string& name) const;

  void set_attribute(const std::string& path, const std::string& name, const std::string& value);
  void set_attribute(const std::string& path, const std::string& name, const char* value) {
    set_attribute(path, name, std::string(value));
  }
  void set_attribute(const std::string& path, const std::string& name, const Tensor& value);

  /// Split as Keras does where it would be longer than HDF5 allows.
  void set_attribute(const std::string& path, const std::string& name, const std::vector<std::string>& values);

 private:
  struct Impl;
  explicit Hdf5File(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cornu::io
