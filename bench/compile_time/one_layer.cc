// The smallest program that uses cornu: what a user waits for after each change. Timed by bench/compile_time/run.
#include <cornu/cornu.h>

int main() {
  const cornu::Shape shape{32, 784};
  return static_cast<int>(shape.rank()) - 2;
}
