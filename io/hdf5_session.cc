#include "io/hdf5_session.h"

#include <hdf5.h>

#include <mutex>
#include <type_traits>
#include <utility>

#include "framework/error.h"

namespace cornu::io {
namespace {

static_assert(std::is_same_v<hid_t, Hdf5Handle::Id> && std::is_same_v<herr_t, int>);

// Never destroyed: a file handle with static storage may be closed after this file's statics are gone.
std::recursive_mutex& mutex() {
  static auto* const lock = new std::recursive_mutex;
  return *lock;
}

// HDF5 itself ends the process when its headers and its library differ, so cornu looks first.
void check_version() {
  unsigned major = 0, minor = 0, release = 0;
  H5get_libversion(&major, &minor, &release);
  if (major == H5_VERS_MAJOR && minor == H5_VERS_MINOR) return;
  throw Unsupported("HDF5: cornu was built with the headers of version " + std::to_string(H5_VERS_MAJOR) + "." +
                    std::to_string(H5_VERS_MINOR) + "; the program runs with the library of version " +
                    std::to_string(major) + "." + std::to_string(minor) + ". Build both with the same version.");
}

herr_t keep_innermost(unsigned depth, const H5E_error2_t* error, void* text) {
  if (depth == 0 && error->desc) *static_cast<std::string*>(text) = error->desc;
  return 0;
}

}  // namespace

Hdf5Session::Hdf5Session() {
  std::unique_lock lock(mutex());
  static const bool is_right_version = (check_version(), true);
  static_cast<void>(is_right_version);
  H5open();
  H5Eget_auto2(H5E_DEFAULT, &error_printer_, &error_printer_data_);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  H5PLget_loading_state(&plugins_);
  H5PLset_loading_state(0);
  lock.release();  // the destructor unlocks
}

Hdf5Session::~Hdf5Session() {
  H5PLset_loading_state(plugins_);
  H5Eset_auto2(H5E_DEFAULT, error_printer_, error_printer_data_);
  mutex().unlock();
}

Hdf5Handle& Hdf5Handle::operator=(Hdf5Handle&& other) noexcept {
  if (this != &other) {
    reset();
    close_ = other.close_;
    id_ = other.release();
  }
  return *this;
}

bool Hdf5Handle::reset() {
  const Id id = release();
  return id < 0 || close_(id) >= 0;
}

Hdf5Handle::Id Hdf5Handle::release() { return std::exchange(id_, -1); }

std::string hdf5_reason() {
  std::string text;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, &text);
  return text.empty() ? "" : " [HDF5: " + text + "]";
}

}  // namespace cornu::io
