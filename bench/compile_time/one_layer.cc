// The smallest program that uses cornu: what a user waits for after each change. Timed by bench/compile_time/run.
#include <cornu/cornu.h>

#include <cstdio>

using namespace cornu;
using namespace cornu::layers;

int main() {
  Dense dense(10, {.activation = "softmax"});
  const Tensor y = dense(ops::ones({32, 784}));
  std::printf("%s\n", y.shape().to_string().c_str());
}
