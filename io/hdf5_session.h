#pragma once

#include <cstdint>
#include <string>

namespace cornu::io {

/// The right to call HDF5, which is not thread-safe: every call and the whole life of every `Hdf5Handle` happen while
/// the thread holds one of these. Sessions of one thread nest.
///
/// Meanwhile HDF5 prints no errors and loads no filter plugins from the environment; afterwards both are as they were,
/// so a program's own use of HDF5 outside cornu is not changed.
class Hdf5Session {
 public:
  /// **Throws** Unsupported when the program was built with headers of another HDF5 version than it runs with.
  Hdf5Session();
  Hdf5Session(const Hdf5Session&) = delete;
  Hdf5Session& operator=(const Hdf5Session&) = delete;
  ~Hdf5Session();

 private:
  int (*error_printer_)(std::int64_t, void*) = nullptr;
  void* error_printer_data_ = nullptr;
  unsigned plugins_ = 0;
};

/// Owner of one HDF5 identifier. Made and destroyed within an Hdf5Session.
class Hdf5Handle {
 public:
  using Id = std::int64_t;  ///< hid_t, without HDF5's header
  using Close = int (*)(Id);

  Hdf5Handle() = default;
  /// A negative `id` is a failed call and is kept as such.
  Hdf5Handle(Id id, Close close) : id_(id), close_(close) {}
  Hdf5Handle(Hdf5Handle&& other) noexcept : id_(other.release()), close_(other.close_) {}
  Hdf5Handle& operator=(Hdf5Handle&& other) noexcept;
  ~Hdf5Handle() { reset(); }

  Id id() const { return id_; }
  bool is_valid() const { return id_ >= 0; }

  /// Closes now. False when HDF5 says that closing failed.
  bool reset();
  Id release();

 private:
  Id id_ = -1;
  Close close_ = nullptr;
};

/// What HDF5 says about the call that just failed, in brackets and with a space before, for the end of a message.
std::string hdf5_reason();

}  // namespace cornu::io
