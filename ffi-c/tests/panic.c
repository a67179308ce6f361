/* A panic in the library, here a staged one, is an error, and the process goes on. */
#include <jumpqr.h>

#include <stdio.h>
#include <string.h>

/* Only a library that was built with the feature `test-hooks` has it. */
jumpqr_status jumpqr_test_panic(jumpqr_error **error);

int main(void)
{
  jumpqr_error *error = NULL;
  jumpqr_client_config *config = NULL;
  if (jumpqr_test_panic(&error) != JUMPQR_STATUS_INTERNAL || jumpqr_error_status(error) != JUMPQR_STATUS_INTERNAL) {
    fprintf(stderr, "a panic has another status\n");
    return 1;
  }
  if (strcmp(jumpqr_error_kind(error).data, "internal") != 0 || jumpqr_error_message(error).size == 0) {
    fprintf(stderr, "a panic has another kind, or no message\n");
    return 1;
  }
  if (strcmp(jumpqr_error_outcome(error).data, "unknown") != 0) {
    fprintf(stderr, "whether something was sent before a panic is not known\n");
    return 1;
  }
  jumpqr_error_free(error);
  if (jumpqr_test_panic(NULL) != JUMPQR_STATUS_INTERNAL) {
    fprintf(stderr, "a panic of which nobody wants the error has another status\n");
    return 1;
  }
  if (jumpqr_client_config_new(&config, NULL) != JUMPQR_STATUS_OK) {
    fprintf(stderr, "the library does not go on\n");
    return 1;
  }
  jumpqr_client_config_free(config);
  printf("panic: became JUMPQR_STATUS_INTERNAL, and the process goes on\n");
  return 0;
}
