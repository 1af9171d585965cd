package demo

// Password is that of every person of the demonstration.
const Password = "shtab-demo"

// appSecret is that of the authenticator app of the demonstration's staff and administrators. The
// page /dev/code shows its codes.
const appSecret = "KNUHIYLCIRSW23ZAMFYXAIDDN5SGK4ZB"
