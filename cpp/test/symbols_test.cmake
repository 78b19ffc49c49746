# Checks that object files which are compiled for some processors only have no replaceable (weak)
# symbols. Of such a symbol the linker keeps one copy for all files, and that copy might use
# instructions that a processor does not have.
#
#   cmake -DNM=… -DOBJECTS=one:another -DFILES=src/one.cpp;… -P symbols_test.cmake

string(REPLACE ":" ";" objects "${OBJECTS}")
foreach(file IN LISTS FILES)
  set(own ${objects})
  list(FILTER own INCLUDE REGEX "/${file}\\.o(bj)?$")
  if(NOT own)
    message(FATAL_ERROR "no object file for ${file}")
  endif()
  execute_process(
    COMMAND ${NM} -C ${own}
    OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[^\n]* [WwVvu] [^\n]*" replaceable "${symbols}")
  if(replaceable)
    message(FATAL_ERROR "${file}: ${replaceable}")
  endif()
endforeach()
