package demo

// Password is the password of every person of the demonstration.
const Password = "shtab-demo"

// Accounts are the people with a name of their own, as which one signs in: NAME@shtab.test.
var Accounts = []string{"volunteer", "teen", "coordinator", "staff", "admin"}

// appSecret is the secret of the authenticator app of the demonstration's staff and administrators.
// The page /dev/code shows its codes.
const appSecret = "KNUHIYLCIRSW23ZAMFYXAIDDN5SGK4ZB"
