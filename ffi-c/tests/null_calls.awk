# From the preprocessed header, one declaration a line: a C program that calls every function with nothing but zeros. Those
# that return a status must refuse that; the others must come back.
function count(parameters) {
  return parameters ~ /^ *(void)? *$/ ? 0 : gsub(/,/, ",", parameters) + 1
}

BEGIN {
  print "#include <jumpqr.h>\n\n#include <stdio.h>\n\nint main(void)\n{\n  int functions = 0, failed = 0;"
}

match($0, /jumpqr_[a-z0-9_]+\([^()]*\)$/) && !/typedef/ {
  declaration = substr($0, RSTART, RLENGTH)
  name = substr(declaration, 1, index(declaration, "(") - 1)
  parameters = substr(declaration, length(name) + 2, length(declaration) - length(name) - 2)
  zeros = ""
  for (i = count(parameters); i > 0; i--)
    zeros = zeros (zeros == "" ? "0" : ", 0")
  call = name "(" zeros ")"
  if ($0 ~ /^ *jumpqr_status / && name != "jumpqr_error_status")
    printf "  if (%s != JUMPQR_STATUS_NULL_ARGUMENT) {\n    fprintf(stderr, \"%s takes NULL\\n\");\n    failed++;\n  }\n", call, name
  else
    printf "  (void)%s;\n", call
  print "  functions++;"
}

END {
  print "  printf(\"null: %d functions called with nothing, %d failed\\n\", functions, failed);\n  return failed != 0;\n}"
}
