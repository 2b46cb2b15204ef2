// The page around every route.
import { Outlet } from 'react-router';

export default function Root() {
  return (
    <html lang="en">
      <body>
        <Outlet />
      </body>
    </html>
  );
}
