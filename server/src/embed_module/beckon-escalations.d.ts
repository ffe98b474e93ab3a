export class BeckonEscalations {}
