/* Loses a handle: the tools that look for leaks must see it, or what they say of the other programs means nothing. */
#include <jumpqr.h>

static void lose(void)
{
  jumpqr_client_config *config;
  if (jumpqr_client_config_new(&config, NULL) == JUMPQR_STATUS_OK)
    config = NULL;
  (void)config;
}

int main(void)
{
  int i;
  /* Several, so that no register still holds the last one. */
  for (i = 0; i < 8; i++)
    lose();
  return jumpqr_version().size == 0;
}
