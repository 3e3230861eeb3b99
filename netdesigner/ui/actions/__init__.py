"""What the user can do, one file for each family; menus, tool bar and command palette take them from one list."""
