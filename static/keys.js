/* Keys: none with Ctrl, Alt or Cmd, none while typing. */
