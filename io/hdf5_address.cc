#include "io/hdf5_address.h"

#include <hdf5.h>
#if H5_VERSION_GE(1, 12, 0)
#include <H5VLnative.h>
#endif

namespace cornu::io {
namespace {

constexpr std::uint64_t kUnknown = ~std::uint64_t{0};

#if H5_VERSION_GE(1, 12, 0)
std::uint64_t address_of_token(Hdf5Handle::Id object, H5O_token_t token) {
  haddr_t address = HADDR_UNDEF;
  return H5VLnative_token_to_addr(object, token, &address) < 0 ? kUnknown : address;
}
#endif

}  // namespace

std::uint64_t address_of(Hdf5Handle::Id object) {
#if H5_VERSION_GE(1, 12, 0)
  H5O_info2_t info;
  return H5Oget_info3(object, &info, H5O_INFO_BASIC) < 0 ? kUnknown : address_of_token(object, info.token);
#else
  H5O_info_t info;
  return H5Oget_info2(object, &info, H5O_INFO_BASIC) < 0 ? kUnknown : info.addr;
#endif
}

std::uint64_t address_of_member(Hdf5Handle::Id group, const std::string& name) {
#if H5_VERSION_GE(1, 12, 0)
  H5L_info2_t link;
  if (H5Lget_info2(group, name.c_str(), &link, H5P_DEFAULT) < 0) return kUnknown;
  return link.type == H5L_TYPE_HARD ? address_of_token(group, link.u.token) : kUnknown;
#else
  H5L_info_t link;
  if (H5Lget_info(group, name.c_str(), &link, H5P_DEFAULT) < 0) return kUnknown;
  return link.type == H5L_TYPE_HARD ? link.u.address : kUnknown;
#endif
}

}  // namespace cornu::io
