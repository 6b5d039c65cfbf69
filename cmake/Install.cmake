# `cmake --install`: headers under include/cornu, the library, and what find_package(cornu) reads.

include(CMakePackageConfigHelpers)
set(CORNU_CONFIG_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/cornu")

install(TARGETS ${CORNU_TARGETS} EXPORT cornuTargets
        LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(EXPORT cornuTargets NAMESPACE cornu:: DESTINATION "${CORNU_CONFIG_DIR}")

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/cornu" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
        FILES_MATCHING PATTERN "*.h")
foreach(folder framework layers io models)
  if(IS_DIRECTORY "${PROJECT_SOURCE_DIR}/${folder}")
    # Backends fill a table that programs reach through the framework; their headers need oneDNN's.
    install(DIRECTORY "${PROJECT_SOURCE_DIR}/${folder}" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/cornu"
            FILES_MATCHING PATTERN "*.h" PATTERN "framework/backends/*" EXCLUDE)
  endif()
endforeach()

if(CORNU_ONEDNN_LIBRARY)
  install(FILES "${CORNU_ONEDNN_LIBRARY}" DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  install(DIRECTORY "${PROJECT_BINARY_DIR}/onednn/share/doc/onednn" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
endif()

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/cornuConfig.cmake.in"
                              "${PROJECT_BINARY_DIR}/cornuConfig.cmake" INSTALL_DESTINATION "${CORNU_CONFIG_DIR}"
                              PATH_VARS CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/cornuConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/cornuConfig.cmake" "${PROJECT_BINARY_DIR}/cornuConfigVersion.cmake"
              "${PROJECT_SOURCE_DIR}/cmake/FindCLibrary.cmake"
        DESTINATION "${CORNU_CONFIG_DIR}")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
