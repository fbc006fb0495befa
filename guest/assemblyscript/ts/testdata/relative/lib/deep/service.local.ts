export class Service {}
