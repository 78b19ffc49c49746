# Installs the library for other programs: cmake --install build/native/release --prefix PREFIX
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# The version of the program. The library's soname has that of its interface.
file(READ ${CMAKE_CURRENT_SOURCE_DIR}/../package.json package)
string(JSON program_version GET "${package}" version)
string(REGEX MATCH "^[0-9.]+" library_version "${program_version}")
file(STRINGS include/tlslp/search.h abi REGEX "#define TLSLP_ABI_VERSION")
string(REGEX MATCH "[0-9]+$" abi_version "${abi}")

set_target_properties(tlslp-search PROPERTIES SOVERSION ${abi_version})
target_include_directories(
  tlslp-search INTERFACE $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>
                         $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
install(TARGETS tlslp-search EXPORT tlslp-search)
install(DIRECTORY include/tlslp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

# For find_package(tlslp-search): the target tlslp::tlslp-search.
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/tlslp-search)
install(EXPORT tlslp-search FILE tlslp-search-config.cmake NAMESPACE tlslp::
        DESTINATION ${package_folder})
write_basic_package_version_file(tlslp-search-config-version.cmake VERSION ${library_version}
                                 COMPATIBILITY SameMajorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/tlslp-search-config-version.cmake
        DESTINATION ${package_folder})

# For pkg-config. The prefix is relative, so that the folder can be moved.
file(RELATIVE_PATH up /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
file(CONFIGURE OUTPUT tlslp-search.pc CONTENT "prefix=\${pcfiledir}/${up}
Name: tlslp-search
Description: Finds suffixes so that SHA-256 digests end with zero bits
Version: ${program_version}
Libs: -L\${prefix}/${CMAKE_INSTALL_LIBDIR} -ltlslp-search
Cflags: -I\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}
" @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/tlslp-search.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
