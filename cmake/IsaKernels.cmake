# cornu_add_isa_kernels(OUT FILES..): compiles each file once per instruction set, and sets OUT to the object libraries.
#
# A kernel file puts everything it defines into `namespace cornu::...::CORNU_ISA`, and a dispatcher compiled once picks
# by __builtin_cpu_supports. CORNU_ISA is baseline, avx2 or avx512; CORNU_ISA_VARIANTS is defined, for every file of the
# library, where all three exist.
#
# The hazard: an inline function of a header, such as a member of std::vector, that is compiled with AVX-512 here may be
# the copy that the linker keeps for the whole program, which then dies on an older machine. So the order of the result
# matters: baseline first, and all of it behind the rest of the library, because the linker keeps the first copy it meets.
#
# Loops that must keep errno or the flags of floating-point exceptions do not vectorise, so kernels do without both; NaN
# and infinity keep their meaning.
function(cornu_add_isa_kernels out)
  set(libraries "")
  if(ARGN)
    set(variants baseline)
    if(CORNU_ISA_VARIANTS)
      list(APPEND variants avx2 avx512)
      set(flags_avx2 -mavx2 -mfma)
      set(flags_avx512 -mavx2 -mfma -mavx512f -mavx512bw -mavx512dq -mavx512vl)
    endif()
    foreach(variant IN LISTS variants)
      set(library cornu_kernels_${variant})
      add_library(${library} OBJECT ${ARGN})
      cornu_library_properties(${library})
      target_compile_options(${library} PRIVATE $<$<NOT:$<CONFIG:Debug>>:-O3> -fno-math-errno
                             -fno-trapping-math ${flags_${variant}})
      target_compile_definitions(${library} PRIVATE CORNU_ISA=${variant})
      list(APPEND libraries ${library})
    endforeach()
  endif()
  set(${out} "${libraries}" PARENT_SCOPE)
endfunction()
