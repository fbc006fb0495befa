export function main(): void;
