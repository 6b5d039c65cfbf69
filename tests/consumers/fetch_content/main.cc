#include <cornu/cornu.h>

#include <cstdio>
#include <string>

// What cornu throws is caught here, also by its base class: both sides agree on the types.
int main() {
  try {
    cornu::broadcast_shapes(cornu::Shape{2, 3}, cornu::Shape{4});
  } catch (const cornu::InvalidArgument& error) {
    std::printf("%s\n", error.what());
    return std::string(error.what()).find("do not broadcast") == std::string::npos;
  }
  return 1;
}
