export declare const data: number;
