export const view = <p>Don't</p>;
