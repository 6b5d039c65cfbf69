#include "io/hdf5_image.h"

#include <hdf5.h>

namespace cornu::io {
namespace {

// HDF5 copies an image three times unless it is told how to "allocate" and "copy" it. These hand out the one there is.
void* hand_out(size_t, H5FD_file_image_op_t, void* image) { return image; }
void* keep(void* to, const void*, size_t, H5FD_file_image_op_t, void*) { return to; }
void* refuse_to_grow(void*, size_t, H5FD_file_image_op_t, void*) { return nullptr; }
herr_t leave(void*, H5FD_file_image_op_t, void*) { return 0; }
void* share(void* image) { return image; }
herr_t forget(void*) { return 0; }

}  // namespace

Hdf5Handle image_access(const std::string& image) {
  // The file is opened read-only, so nothing is written through this pointer.
  void* bytes = const_cast<char*>(image.data());
  Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5FD_file_image_callbacks_t callbacks{hand_out, keep, refuse_to_grow, leave, share, forget, bytes};
  constexpr std::size_t kGrowth = 4096;
  if (H5Pset_fapl_core(access.id(), kGrowth, false) < 0 || H5Pset_file_image_callbacks(access.id(), &callbacks) < 0 ||
      H5Pset_file_image(access.id(), bytes, image.size()) < 0) {
    return {};
  }
  return access;
}

}  // namespace cornu::io
