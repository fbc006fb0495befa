int code();
