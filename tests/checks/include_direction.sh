#!/usr/bin/env bash
# Who may include whom. Prints every include that points the wrong way, and fails if there is one.
#
#   models <- apps      the folders: framework <- layers <- models, framework <- io <- models; layers and io do not know
#   framework <- graph  one another. Within framework: its own files, graph, ops, then autodiff, executor and each of
#   <- ops <- ...       backends/* (which do not know one another), then initializers. No cycles between folders at all.
#
# oneDNN's headers stay in framework/backends/onednn, CUDA's in framework/backends/cuda, HDF5's in io. What a user gets
# with <cornu/cornu.h> includes cornu and the standard library only. Tests and benchmarks may include anything of cornu.
set -euo pipefail
cd "${1:-$(dirname "${BASH_SOURCE[0]}")/../..}"

edges=$(mktemp)
trap 'rm -f "$edges"' EXIT
folders=()
for folder in framework layers io models apps include bench tests; do
  if [[ -d $folder ]]; then folders+=("$folder"); fi
done

find "${folders[@]}" -path tests/consumers -prune -o -type f \( -name '*.h' -o -name '*.cc' -o -name '*.cu' -o -name '*.cuh' \) -print |
  sort | awk -v edges="$edges" '
  function folder_of(path) { sub(/\/[^\/]*$/, "", path); return path }
  function report(text) { print file ":" number ": " text; ++errors }

  # Place within framework: an include must lead to a smaller place, or to the same folder.
  function place(path) {
    if (path ~ /^framework\/[^\/]+$/) return 0
    if (path ~ /^framework\/graph\//) return 1
    if (path ~ /^framework\/ops\//) return 2
    if (path ~ /^framework\/backends\/[^\/]+$/) return 3       # what all backends and the executor agree on
    if (path ~ /^framework\/(autodiff|executor|backends)\//) return 4
    if (path ~ /^framework\/initializers\//) return 5
    return -1
  }
  # The unit within which framework files include one another freely.
  function unit(path) {
    if (path ~ /^framework\/backends\/[^\/]+\//) { split(path, part, "/"); return part[1] "/" part[2] "/" part[3] }
    split(path, part, "/")
    return part[3] == "" ? part[1] : part[1] "/" part[2]
  }

  function check_cornu(to,    from_top, to_top) {
    from_top = file; sub(/\/.*/, "", from_top)
    to_top = to; sub(/\/.*/, "", to_top)
    if (to ~ /(^|\/)\.\.?\//) return report("\"" to "\": name the file from the root, without ../")
    if (!(to in exists) && to !~ /(\.pb\.h|_texts\.inc)$/) {
      return report("\"" to "\" does not exist: a file of cornu is named from the root, anything else in <>")
    }
    if (from_top == "tests" || from_top == "bench") return
    if (!(to_top in allowed) || index(" " allowed[from_top] " ", " " to_top " ") == 0) {
      return report(from_top " must not include " to_top " (\"" to "\")")
    }
    if (to ~ /^models\/v1\// && file !~ /^models\/v1\// && from_top == "models") {
      report("nothing in models includes models/v1, which translates (\"" to "\")")
    }
    if (to ~ /^framework\/backends\/[^\/]+\// && unit(to) != unit(file)) {
      report("nothing includes a backend: its kernels are reached through the table (\"" to "\")")
    } else if (from_top == "framework" && to_top == "framework" && unit(file) != unit(to)) {
      if (place(file) < 0 || place(to) < 0) report("no place is set for one of these folders in include_direction.sh (\"" to "\")")
      else if (place(to) >= place(file)) report(unit(file) " must not include " unit(to) " (\"" to "\")")
    }
    if (folder_of(file) != folder_of(to) && from_top == to_top) {
      print folder_of(to), folder_of(file) > edges
      example[folder_of(file) " -> " folder_of(to)] = file " includes " to
    }
  }

  function check_system(name) {
    if (file ~ /^(tests|bench)\//) return
    if (name ~ /^(oneapi\/)?dnnl/ && file !~ /^framework\/backends\/onednn\//)
      report("oneDNN belongs to framework/backends/onednn alone (<" name ">)")
    if (name ~ /^(cuda|cudnn|cublas|curand|cufft|nvrtc|nccl|cooperative_groups|cub\/|thrust\/)/ && file !~ /^framework\/backends\/cuda\//)
      report("CUDA belongs to framework/backends/cuda alone (<" name ">)")
    if (name ~ /^(hdf5|H5)/ && file !~ /^io\//) report("HDF5 belongs to io alone (<" name ">)")
    if (name ~ /^cornu\// && file !~ /^(apps|include)\//)
      report("<" name "> is for applications; inside, include what you use")
  }

  function closure(path,    i, list, n) {
    if (path in public) return
    public[path] = 1
    n = split(includes[path], list, "\n")
    for (i = 1; i <= n; ++i) if (list[i] != "") closure(list[i])
  }

  BEGIN {
    allowed["framework"] = "framework"
    allowed["layers"] = "framework layers"
    allowed["io"] = "framework io"
    allowed["models"] = "framework layers io models"
    allowed["apps"] = "framework layers io models apps"
    allowed["include"] = "framework layers io models include"
  }
  { files[++count] = $0; exists[$0] = 1 }
  END {
    for (f = 1; f <= count; ++f) {
      file = files[f]
      number = 0
      first = ""
      own = file
      sub(/\.(cc|cu)$/, ".h", own)
      while ((getline line < file) > 0) {
        ++number
        if (line !~ /^[ \t]*#[ \t]*include[ \t]/) continue
        name = line
        sub(/^[ \t]*#[ \t]*include[ \t]*/, "", name)
        system_header = name ~ /^</
        if (name !~ /^["<]/) continue  # a macro
        name = substr(name, 2)
        sub(/[">].*/, "", name)
        if (system_header) {
          check_system(name)
          third_party[file] = third_party[file] (name ~ /^[a-z_0-9]+$/ ? "" : number " <" name ">\n")
        } else {
          check_cornu(name)
          includes[file] = includes[file] name "\n"
        }
        if (first == "") {
          first = name
          if (own != file && own in exists && name != own) report("a file includes its own header first: \"" own "\"")
        }
      }
      close(file)
    }

    for (f = 1; f <= count; ++f) if (files[f] ~ /^include\/cornu\//) closure(files[f])
    for (file in public) {
      n = split(third_party[file], list, "\n")
      for (i = 1; i < n; ++i) {
        number = list[i] + 0
        sub(/^[0-9]+ /, "", list[i])
        report(list[i] " reaches every user, because <cornu/cornu.h> includes this file; only the standard library may")
      }
    }
    close(edges)
    for (edge in example) print edge ": " example[edge] > (edges ".examples")
    exit errors > 0
  }' || failed=yes
trap 'rm -f "$edges" "$edges.examples"' EXIT

# Folders that include one another, in whatever number of steps.
if ! loops=$(tsort "$edges" 2>&1 >/dev/null); then
  echo "folders include one another in a circle; what both need belongs into a third one below:"
  grep -v 'input contains a loop' <<<"$loops" | sed 's/^tsort: /  /'
  sort "$edges.examples" | while IFS= read -r edge; do
    from=${edge%% -> *} to=${edge#* -> } to=${to%%:*}
    if grep -qx "tsort: $from" <<<"$loops" && grep -qx "tsort: $to" <<<"$loops"; then echo "  $edge"; fi
  done
  failed=yes
fi
if [[ ${failed:-} ]]; then exit 1; fi
echo "include directions: all right"
