import "shared";
