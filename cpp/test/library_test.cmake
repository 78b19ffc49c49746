# Checks that the shared library exports exactly the functions that the header declares, and does
# not contain the path where it was built.
#
#   cmake -DLIBRARY=… -DHEADER=… -DNM=… -DPATHS=… -P library_test.cmake

file(READ ${HEADER} header)
string(REGEX MATCHALL "TLSLP_API [^;(]*tlslp_[a-z_]+\\(" declared "${header}")
list(TRANSFORM declared REPLACE ".*(tlslp_[a-z_]+)\\(" "\\1")
list(SORT declared)

execute_process(
  COMMAND ${NM} --dynamic --defined-only --format=posix ${LIBRARY}
  OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
string(REGEX REPLACE "\n$" "" symbols "${symbols}")
string(REPLACE "\n" ";" exported "${symbols}")
list(TRANSFORM exported REPLACE " .*" "")
list(SORT exported)

if(declared STREQUAL "" OR NOT declared STREQUAL exported)
  message(FATAL_ERROR "declared: ${declared}\nexported: ${exported}")
endif()

foreach(path IN LISTS PATHS)
  file(STRINGS ${LIBRARY} found REGEX "${path}" LIMIT_COUNT 3)
  if(found)
    message(FATAL_ERROR "the library contains the path where it was built: ${found}")
  endif()
endforeach()
