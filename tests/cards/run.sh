#!/usr/bin/env bash
# Proves on an NVIDIA card what the other tests prove on an emulated one: `./dev test-gpu`, or on a machine without
# cornu's packages tests/cards/run.sh FOLDER, where FOLDER was made by `./dev bundle-gpu FOLDER`.
#
# Tests of kernels against the reference kernels, of programs and of trainings against the CPU; the same under
# compute-sanitizer; the siamese network on Fashion-MNIST, where that is; training steps beside PyTorch, where that is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

programs=${1:-build}
failed=()
export CORNU_TEST_GPU=1
if [[ -d $programs/bundled ]]; then export LD_LIBRARY_PATH="$PWD/$programs/bundled:${LD_LIBRARY_PATH:-}"; fi

# cuDNN and cuBLAS are often there with PyTorch and nowhere else.
for library in cudnn cublas cuda_nvrtc; do
  folder=$("${TORCH_PYTHON:-python3}" -c "import importlib.util as u; s = u.find_spec('nvidia.$library')
print(next(iter(s.submodule_search_locations)) + '/lib' if s else '')" 2>/dev/null || true)
  if [[ -n $folder ]]; then export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:-}:$folder"; fi
done
for folder in "${TORCH_PYTHON:+$(dirname "$TORCH_PYTHON")/..}" "${VIRTUAL_ENV:-}"; do
  for libraries in "$folder"/lib/python3*/site-packages/nvidia/cu1[23]/lib; do
    if [[ -d $libraries ]]; then export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:-}:$libraries"; fi
  done
done

step() {
  echo "== $1"
  shift
  "$@" || failed+=("$*")
}

step "devices" "$programs/apps/cornu" devices
if ! "$programs/apps/cornu" devices | grep '^gpu:0:' | grep -qv 'not usable'; then
  echo "There is no card to test on." >&2
  exit 1
fi
# Without those that need the compiler which built the tests.
kernels=(--run_test='framework_backends_cuda_*,framework_executor_device_runner_on_cards'
         --run_test='!framework_backends_cuda_chain_source')
trainings='models_training_on_cards'
step "kernels and programs" "$programs/tests/framework_tests" "${kernels[@]}"
step "trainings" "$programs/tests/models_tests" --run_test="$trainings"
if command -v compute-sanitizer >/dev/null; then
  for tool in memcheck racecheck; do
    step "$tool: kernels and programs" compute-sanitizer --tool "$tool" --error-exitcode 1 --launch-timeout 0 \
      "$programs/tests/framework_tests" "${kernels[@]}"
  done
  step "memcheck: trainings" compute-sanitizer --tool memcheck --error-exitcode 1 --launch-timeout 0 \
    "$programs/tests/models_tests" --run_test="$trainings"
else
  echo "compute-sanitizer is not here: skipped"
fi
data=${FASHION_MNIST_DIR:-/usr/share/datasets/fashion-mnist}
if [[ -e $data/train-images-idx3-ubyte.gz ]]; then
  step "the siamese network" "$programs/apps/siamese" --data "$data" --device gpu:0 --save "$programs/siamese.weights.h5"
  step "its weights on the CPU" "$programs/apps/siamese" --data "$data" --load "$programs/siamese.weights.h5"
else
  echo "Fashion-MNIST is not here: skipped"
fi
if "${TORCH_PYTHON:-python3}" -c 'import torch, sys; sys.exit(not torch.cuda.is_available())' 2>/dev/null; then
  step "beside PyTorch" "${TORCH_PYTHON:-python3}" bench/cards/run.py --cornu-bench "$programs/bench/cornu-bench"
else
  echo "PyTorch with CUDA is not here: skipped"
fi
if ((${#failed[@]} > 0)); then
  printf 'failed: %s\n' "${failed[@]}" >&2
  exit 1
fi
echo "All passed on the card."
