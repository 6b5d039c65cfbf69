#!/usr/bin/env bash
# A compiler launcher: in place of compiling cornu once more, takes the object from the build tree CORNU_OBJECTS_OF,
# where cornu's part of the build tree CORNU_OBJECTS_FOR has one of the same name. Everything else is compiled: the
# consumer, and error.cc as a specimen of cornu's own commands in a project that is not its own.
set -euo pipefail

arguments=("$@")
output= depfile=
for ((i = 0; i < ${#arguments[@]}; ++i)); do
  case ${arguments[i]} in
    -o) output=${arguments[i + 1]} ;;
    -MF) depfile=${arguments[i + 1]} ;;
  esac
done
# cornu/CMakeFiles/... with add_subdirectory, _deps/cornu-build/CMakeFiles/... with FetchContent
object=$CORNU_OBJECTS_OF/CMakeFiles/${output#*CMakeFiles/}
case $(realpath -m "$output") in
  */framework/error.cc.o | *.gch) ;;
  "$CORNU_OBJECTS_FOR"/cornu/* | "$CORNU_OBJECTS_FOR"/_deps/*)
    if [[ -f $object ]]; then
      cp "$object" "$output"
      if [[ -n $depfile ]]; then echo "$output:" >"$depfile"; fi
      exit
    fi
    ;;
esac
exec "$@"
