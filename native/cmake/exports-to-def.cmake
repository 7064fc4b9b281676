# Writes the export table of a DLL as a module definition file (Windows only; not tested by this project).
execute_process(COMMAND ${DUMPBIN} /dump /exports ${DLL} OUTPUT_VARIABLE table COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "\n +[0-9]+ +[0-9A-F]+ +[0-9A-F]+ +[^ \n\r]+" rows "${table}")
set(text "EXPORTS\n")
foreach(row IN LISTS rows)
  string(REGEX REPLACE ".* ([^ ]+)$" "\\1" symbol "${row}")
  string(APPEND text "  ${symbol}\n")
endforeach()
file(WRITE ${DEF} "${text}")
